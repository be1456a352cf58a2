using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Cli.Commands;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Cli.Records;

/// <summary>
/// The witnesses a command was given: in each file a verifier key, and after it on the same line the witness's address if it is to be asked.
/// </summary>
internal sealed class Witnesses : IDisposable
{
    private readonly HttpClient _client = LogPlace.Client();
    private readonly ImmutableArray<(NoteKey Key, Uri? Address)> _all;

    private Witnesses(ImmutableArray<(NoteKey Key, Uri? Address)> all) => _all = all;

    public ImmutableArray<NoteKey> Keys => [.. _all.Select(witness => witness.Key)];

    public static Witnesses Read(IEnumerable<string> files) => new([.. files.SelectMany(Lines)]);

    public ImmutableArray<(NoteKey Key, Uri? Address)> All => _all;

    public HttpClient Client => _client;

    /// <summary>What each witness with an address saw last of a log: a checkpoint that it cosigned itself, and so one kept elsewhere.</summary>
    public async Task<ImmutableArray<SignedNote>> SeenAsync(NoteKey log, CancellationToken cancellationToken)
    {
        var seen = ImmutableArray.CreateBuilder<SignedNote>();
        foreach (var (key, address) in _all)
        {
            if (address is null)
                continue;
            var origin = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(log.Name)));
            byte[] answer;
            try
            {
                using var response = await _client.GetAsync(new Uri(address, $"{origin}/checkpoint"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                response.EnsureSuccessStatusCode();
                await response.Content.LoadIntoBufferAsync(LedgerLimits.NoteBytesMax, cancellationToken);
                answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw new CliException("VP1605", $"The witness `{key.Name}` does not say what it saw last: {fault.Message}", "Try again later, or leave its address out of its file.", ExitCodes.Problem);
            }

            var note = SignedNote.Parse(answer);
            if (note.Check(key) != NoteCheck.Valid)
                throw new CliException("VP1606", $"What `{address}` answers is not cosigned by the witness `{key.Name}`.", "It is another one, or it lies.", ExitCodes.Problem);
            seen.Add(note);
        }

        return seen.ToImmutable();
    }

    public void Dispose() => _client.Dispose();

    private static IEnumerable<(NoteKey Key, Uri? Address)> Lines(string file)
    {
        foreach (var line in VerifyCommand.ReadText(file).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split(' ', 2);
            Uri? address = null;
            if (NoteKey.TryParse(parts[0], out var problem) is not { Kind: NoteKeyKind.Witness } key
                || (parts.Length == 2 && !Uri.TryCreate(parts[1].TrimEnd('/') + "/", UriKind.Absolute, out address)))
                throw new CliException("VP1607", $"`{file}` does not name a witness. {problem}", "A line holds its verifier key and, if it is to be asked, its address.", ExitCodes.Problem);
            yield return (key, address);
        }
    }
}
