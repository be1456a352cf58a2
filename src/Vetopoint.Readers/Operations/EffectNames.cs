using System.Collections.Frozen;

namespace Vetopoint.Readers.Operations;

/// <summary>The one spelling of each <see cref="Effect"/> outside C#: in policies, config, entries and the API.</summary>
public static class EffectNames
{
    private static readonly FrozenDictionary<string, Effect> ByName =
        Enum.GetValues<Effect>().ToFrozenDictionary(ToName, StringComparer.Ordinal);

    /// <summary>Every name, in the order of the enum.</summary>
    public static IEnumerable<string> All => Enum.GetValues<Effect>().Select(ToName);

    public static bool TryParse(string name, out Effect effect) => ByName.TryGetValue(name, out effect);

    public static string ToName(this Effect effect) => effect switch
    {
        Effect.Execute => "execute",
        Effect.Read => "read",
        Effect.Create => "create",
        Effect.Update => "update",
        Effect.Overwrite => "overwrite",
        Effect.Delete => "delete",
        Effect.Purge => "purge",
        Effect.Move => "move",
        Effect.Export => "export",
        Effect.Send => "send",
        Effect.Grant => "grant",
        Effect.AssignRole => "assign_role",
        Effect.ChangePolicy => "change_policy",
        Effect.ChangeInfrastructure => "change_infrastructure",
    };
}
