using System.Collections.Immutable;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Messages;
using Vetopoint.Ledger.Notes;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Witnesses;

/// <summary>The witnesses that the config at the engine's start names, each asked by itself: one that is away, slow or lying keeps no other back.</summary>
internal sealed class EngineWitnesses : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly ImmutableArray<WitnessAsker> _askers;

    private EngineWitnesses(HttpClient client, ImmutableArray<WitnessAsker> askers)
    {
        _client = client;
        _askers = askers;
    }

    /// <summary>How each stands now.</summary>
    public IEnumerable<WitnessView> States => _askers.Select(static asker => asker.State);

    public static EngineWitnesses Start(EngineParts parts)
    {
#pragma warning disable CA2000 // The client owns its handler.
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // who cosigns is who was named
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
#pragma warning restore CA2000
        return new EngineWitnesses(client,
        [
            .. parts.Config.Current.Witnesses.OrderBy(static witness => witness.Key, StringComparer.Ordinal)
                .Select(witness => WitnessAsker.Start(witness.Key, KeyOf(witness.Value)!, witness.Value.Url, client, parts.Log, parts.Time)),
        ]);
    }

    /// <summary>What is wrong with the keys of witnesses, by their name.</summary>
    public static IEnumerable<(string Witness, string Message)> KeyProblems(EngineSettings settings)
    {
        var ids = new HashSet<uint>();
        foreach (var (name, witness) in settings.Witnesses.OrderBy(static witness => witness.Key, StringComparer.Ordinal))
        {
            if (KeyOf(witness) is not { } key)
                yield return (name, $"The key of the witness `{name}` is not a witness's verifier key.");
            else if (!ids.Add(key.Id))
                yield return (name, $"The key of the witness `{name}` stands in the config twice.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var asker in _askers)
            await asker.DisposeAsync();
        _client.Dispose();
    }

    private static NoteKey? KeyOf(WitnessSettings witness) => NoteKey.TryParse(witness.Key, out _) is { Kind: NoteKeyKind.Witness } key ? key : null;
}
