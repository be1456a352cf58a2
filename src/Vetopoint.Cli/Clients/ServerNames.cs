using System.Globalization;

namespace Vetopoint.Cli.Clients;

/// <summary>
/// Gives each adopted server one name in Vetopoint. Two clients may use one name for different servers: those get different names
/// here, because pins, policies and the record speak of servers by name.
/// </summary>
internal sealed class ServerNames
{
    private const int CharsMax = 64;

    private readonly Dictionary<string, string> _originals = new(StringComparer.Ordinal);

    public ServerNames(IEnumerable<AdoptionRecord> records)
    {
        foreach (var entry in records.SelectMany(record => record.Entries))
            _originals.TryAdd(entry.Server, entry.Original);
    }

    /// <param name="original">The entry's JSON text: the same text under the same name is the same server.</param>
    public string For(string name, Client client, string original)
    {
        var plain = Plain(name);
        foreach (var candidate in Candidates(plain, client))
        {
            if (!_originals.TryGetValue(candidate, out var taken))
            {
                _originals.Add(candidate, original);
                return candidate;
            }

            if (string.Equals(taken, original, StringComparison.Ordinal))
                return candidate;
        }

        throw new InvalidOperationException("The candidates never end.");
    }

    private static IEnumerable<string> Candidates(string plain, Client client)
    {
        yield return plain;
        yield return $"{plain}-{client.Id}";
        for (var number = 2; ; number++)
            yield return string.Create(CultureInfo.InvariantCulture, $"{plain}-{client.Id}-{number}");
    }

    private static string Plain(string name)
    {
        var plain = string.Concat(name.Take(CharsMax).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('-', '.');
        return plain.Length > 0 ? plain : "server";
    }
}
