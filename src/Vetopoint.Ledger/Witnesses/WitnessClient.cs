using System.Globalization;
using System.Net;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Witnesses;

/// <summary>Asks a witness to cosign a checkpoint. Nothing that it answers is believed unless its key signed it.</summary>
/// <param name="client">Asks; its limits of time count.</param>
/// <param name="witness">The witness's key.</param>
/// <param name="address">What its addresses begin with, ending with a slash.</param>
public sealed class WitnessClient(HttpClient client, NoteKey witness, Uri address)
{
    /// <summary>The witness may learn of another checkpoint between two questions, so they are asked again, but not for ever.</summary>
    private const int QuestionsMax = 4;

    private const int AnswerBytesMax = 16 * 1024;

    /// <summary>How long one question may take, to the last byte of the answer.</summary>
    private static readonly TimeSpan QuestionMax = TimeSpan.FromSeconds(10);

    /// <summary>Asks for a cosignature of a checkpoint; the log is read for the proof.</summary>
    /// <returns>The note with the cosignature.</returns>
    /// <exception cref="LedgerException">The witness is away, refuses, or does not answer as its key would: the message says which.</exception>
    public async Task<SignedNote> CosignAsync(SignedNote note, ILogSource log, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(note);
        var checkpoint = Checkpoint.Of(note);
        var tree = new TileTree(log, checkpoint.Size);
        var old = 0L;
        for (var question = 0; question < QuestionsMax; question++)
        {
            if (old > checkpoint.Size)
            {
                throw Refused(string.Create(
                    CultureInfo.InvariantCulture,
                    $"it cosigned {old} entries of this log before, but now there are {checkpoint.Size}: the log was cut off, or an older copy is shown. Or the witness lies"));
            }

            var hashes = await tree.ConsistencyAsync(old, cancellationToken);
            var (status, body) = await AskAsync(new AddCheckpoint(old, [.. hashes], note), cancellationToken);
            switch (status)
            {
                case HttpStatusCode.OK:
                    return Cosigned(note, body);
                case HttpStatusCode.Conflict when Checkpoint.TryParseSize(body.TrimEnd('\n'), out var size) && size != old:
                    old = size;
                    break;
                case HttpStatusCode.UnprocessableEntity:
                    throw Refused("this log does not lead on from what it cosigned before: history was rewritten, or two are told");
                case HttpStatusCode.NotFound:
                    throw Refused("it does not watch this log. Give it the log's key");
                default:
                    throw Refused(string.Create(CultureInfo.InvariantCulture, $"it answers {(int)status}"));
            }
        }

        throw Refused("it names another size each time");
    }

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(AddCheckpoint request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(QuestionMax);
        try
        {
            using var content = new StringContent(request.ToString(), Encoding.UTF8, "text/plain");
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "add-checkpoint")) { Content = content };
            using var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await answer.Content.LoadIntoBufferAsync(AnswerBytesMax, limit.Token);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LedgerException($"{LedgerCodes.WitnessRefused}: The witness `{witness.Name}` is away: {fault.Message} Ask again later.", fault);
        }
    }

    private SignedNote Cosigned(SignedNote note, string body)
    {
        foreach (var signature in SignedNote.ParseSignatures(body))
        {
            if (signature.KeyId != witness.Id || !string.Equals(signature.Name, witness.Name, StringComparison.Ordinal))
                continue;
            var cosigned = note.With(signature);
            if (cosigned.Check(witness) == NoteCheck.Valid)
                return cosigned;
        }

        throw Refused("what it answers is not signed by its key over this checkpoint: it is another one, or it lies");
    }

    private LedgerException Refused(string why) =>
        new($"{LedgerCodes.WitnessRefused}: The witness `{witness.Name}` did not cosign: {why}.");
}
