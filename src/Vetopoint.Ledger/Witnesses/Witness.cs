using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Proofs;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Witnesses;

/// <summary>
/// A witness (C2SP tlog-witness): it cosigns a log's checkpoint only when that leads on from the one it cosigned before, so a log that it watches can
/// neither be cut nor told in two ways. It keeps nothing but the last checkpoint of each log. For each request:
/// 1. reads it, and finds the log by its origin;
/// 2. checks the log's signature;
/// 3. checks that it goes on from the size that was cosigned last;
/// 4. checks the proof of that;
/// 5. makes the new checkpoint durable, and only then answers with its cosignature.
/// </summary>
public sealed class Witness
{
    private readonly string _folder;
    private readonly NoteSigner _signer;
    private readonly FrozenDictionary<string, WatchedLog> _logs;
    private readonly TimeProvider _time;

    /// <param name="folder">Where the last checkpoints lie, each under the hash of its origin. It exists.</param>
    /// <param name="signer">The witness's own key.</param>
    /// <param name="logs">The keys of the logs it watches; a log's origin is its key's name.</param>
    /// <param name="time">What time a cosignature says.</param>
    public Witness(string folder, NoteSigner signer, IEnumerable<NoteKey> logs, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(signer);
        if (signer.Public.Kind != NoteKeyKind.Witness)
            throw new LedgerException($"{LedgerCodes.NoteNotUnderstood}: The key `{signer.Public.Name}` is not a witness's. Make one with `vetopoint witness`.");
        _folder = folder;
        _signer = signer;
        _logs = logs.ToFrozenDictionary(log => log.Name, log => new WatchedLog(log, new Lock()), StringComparer.Ordinal);
        _time = time;
    }

    /// <summary>Answers an add-checkpoint request.</summary>
    public WitnessAnswer Add(string body)
    {
        AddCheckpoint request;
        Checkpoint checkpoint;
        try
        {
            request = AddCheckpoint.Parse(body); // 1.
            checkpoint = Checkpoint.Of(request.Note);
        }
        catch (LedgerException refused)
        {
            return new WitnessAnswer(WitnessAnswer.BadRequest, refused.Message + "\n");
        }

        if (!_logs.TryGetValue(checkpoint.Origin, out var watched))
            return new WitnessAnswer(WitnessAnswer.NotFound, "This witness does not watch that log.\n");
        var log = watched.Key;
        if (request.Note.Check(log) != NoteCheck.Valid) // 2.
            return new WitnessAnswer(WitnessAnswer.Forbidden, "The checkpoint is not signed by the log's key.\n");
        if (request.OldSize > checkpoint.Size)
            return new WitnessAnswer(WitnessAnswer.BadRequest, "The old size is larger than the checkpoint's.\n");
        lock (watched.Turn)
            return Decide(request, checkpoint, log);
    }

    /// <summary>The last checkpoint of a log that was cosigned, by the hash of its origin in hexadecimal; null when there is none.</summary>
    public string? Last(string originHash)
    {
        foreach (var watched in _logs.Values)
        {
            if (!string.Equals(HashOf(watched.Key.Name), originHash, StringComparison.Ordinal))
                continue;
            lock (watched.Turn)
                return Read(watched.Key)?.ToString();
        }

        return null;
    }

    private WitnessAnswer Decide(AddCheckpoint request, Checkpoint checkpoint, NoteKey log)
    {
        var last = Read(log) is { } note ? Checkpoint.Of(note) : new Checkpoint(checkpoint.Origin, 0, TreeHash.Empty);
        if (request.OldSize != last.Size) // 3.
            return new WitnessAnswer(WitnessAnswer.Conflict, last.Size.ToString(CultureInfo.InvariantCulture) + "\n");
        if (!TreeProofs.IsConsistent(last.Size, last.Root.Span, checkpoint.Size, checkpoint.Root.Span, request.Hashes)) // 4.
            return new WitnessAnswer(WitnessAnswer.Unprocessable, "The checkpoint does not lead on from the one cosigned before.\n");
        var signature = _signer.Sign(request.Note.Text, _time.GetUtcNow());
        var kept = new SignedNote(request.Note.Text, [.. request.Note.Signatures.Where(one => one.KeyId == log.Id && one.Name == log.Name), signature]);
        DurableFile.Replace(FileOf(log), Encoding.UTF8.GetBytes(kept.ToString())); // 5.
        return new WitnessAnswer(WitnessAnswer.Ok, signature.ToString());
    }

    /// <exception cref="LedgerException">What lies there is not what this witness cosigned: it signs nothing until a person has looked.</exception>
    private SignedNote? Read(NoteKey log)
    {
        var file = FileOf(log);
        if (!File.Exists(file))
            return null;
        var note = SignedNote.Parse(File.ReadAllBytes(file));
        return note.Check(_signer.Public) == NoteCheck.Valid && string.Equals(Checkpoint.Of(note).Origin, log.Name, StringComparison.Ordinal)
            ? note
            : throw new LedgerException(
                $"{LedgerCodes.NoteNotUnderstood}: `{file}` is not a checkpoint that this witness cosigned. Restore it from a backup; without it the witness cannot tell " +
                "whether the log was cut.");
    }

    private string FileOf(NoteKey log) => Path.Combine(_folder, HashOf(log.Name));

    private static string HashOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <param name="Key">The log's key.</param>
    /// <param name="Turn">INVARIANT: from the look at the last checkpoint until the new one is durable, no other request of this log is looked at.</param>
    private sealed record WatchedLog(NoteKey Key, Lock Turn);
}

/// <summary>A witness's answer: an HTTP status and a body.</summary>
public sealed record WitnessAnswer(int Status, string Body)
{
    public const int Ok = 200;
    public const int BadRequest = 400;
    public const int Forbidden = 403;
    public const int NotFound = 404;
    public const int Conflict = 409;
    public const int Unprocessable = 422;

    /// <summary>What the body is.</summary>
    public string ContentType => Status == Conflict ? "text/x.tlog.size" : "text/plain; charset=utf-8";
}
