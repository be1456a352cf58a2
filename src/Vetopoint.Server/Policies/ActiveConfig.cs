using Vetopoint.Api.Configuration;
using Vetopoint.Control.Policies;

namespace Vetopoint.Server.Policies;

/// <summary>The whole config of the set that decides: never the file as edited.</summary>
internal sealed class ActiveConfig(ActivePolicySet active, string homeFolder)
{
    private Checked? _last; // swapped whole

    public EngineSettings Current
    {
        get
        {
            var set = active.Current;
            var last = Volatile.Read(ref _last);
            if (last is not null && ReferenceEquals(last.Set, set))
                return last.Settings;
            var config = set.Files.First(file => file.Name == PolicySetLoader.ConfigName);
            var settings = ConfigFile.Check(config.Name, config.Content.Span, homeFolder).Settings
                ?? throw new InvalidOperationException("The config of an active set was checked before it became active.");
            Volatile.Write(ref _last, new Checked(set, settings));
            return settings;
        }
    }

    private sealed record Checked(PolicySetSnapshot Set, EngineSettings Settings);
}
