using System.Security.Cryptography;
using Vetopoint.Ledger.Canonical;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Approvals;

/// <summary>
/// What a person agrees to. It is written as canonical JSON and signed with a prefix of its own, so that the signature can
/// never be taken for one over anything else.
/// </summary>
public sealed record ApprovalStatement
{
    private const int Version = 1;

    private const int ChallengeBytes = 32;

    public required ApprovalAct Act { get; init; }

    /// <summary>What it is about; made by <see cref="ApprovalSubject"/>.</summary>
    public required string Subject { get; init; }

    /// <summary>Exactly what is agreed to; made by <see cref="ApprovalSubject"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>
    /// SHA-256 over what the approver was shown, lower-case hexadecimal. Whoever signs compares it with what is shown, and the
    /// engine with what it gave out: no one between them can show one thing and have another signed.
    /// </summary>
    public required string Details { get; init; }

    /// <summary>The rung of assurance that the approver gives, 0 to 4.</summary>
    public required int Rung { get; init; }

    /// <summary>The engine's nonce: it takes each challenge once, so a statement cannot be played again.</summary>
    public required string Challenge { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The approver's name.</summary>
    public required string Approver { get; init; }

    private static ReadOnlySpan<byte> Prefix => "vetopoint approval statement v1\n"u8;

    /// <summary>A fresh challenge: 256 random bits in hexadecimal.</summary>
    public static string NewChallenge() => RandomNumberGenerator.GetHexString(ChallengeBytes * 2, lowercase: true);

    /// <summary>States an act.</summary>
    /// <param name="details">Exactly what the approver is shown.</param>
    public static ApprovalStatement For(
        ApprovalAct act, ApprovalSubject subject, int rung, string challenge, DateTimeOffset time, string approver,
        ReadOnlySpan<byte> details) => new()
        {
            Act = act,
            Subject = subject.Text,
            Digest = subject.Digest,
            Details = Convert.ToHexStringLower(SHA256.HashData(details)),
            Rung = rung,
            Challenge = challenge,
            Time = time,
            Approver = approver,
        };

    /// <summary>True when the statement does this to this subject.</summary>
    public bool IsAbout(ApprovalAct act, ApprovalSubject subject) =>
        Act == act
        && string.Equals(Subject, subject.Text, StringComparison.Ordinal)
        && string.Equals(Digest, subject.Digest, StringComparison.Ordinal);

    /// <summary>True when these are the details the statement was made with.</summary>
    public bool Shows(ReadOnlySpan<byte> details) =>
        string.Equals(Details, Convert.ToHexStringLower(SHA256.HashData(details)), StringComparison.Ordinal);

    public ProofEntry Sign(ApproverKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var statement = Encode();
        return new ProofEntry(
            Convert.ToBase64String(statement), Convert.ToBase64String(key.Sign(Signed(statement))), key.Public.Id);
    }

    /// <summary>Reads the statement of a proof that this key really signed.</summary>
    /// <param name="problem">When false: what is wrong, as a sentence with its code.</param>
    public static bool TryVerify(
        ProofEntry proof, EcdsaPublicKey key, out ApprovalStatement? statement, out string problem)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(key);
        statement = null;
        problem = "";
        if (!string.Equals(proof.KeyId, key.Id, StringComparison.Ordinal))
        {
            problem = $"{LedgerCodes.ProofInvalid}: The proof names the key `{Shown(proof.KeyId)}`, not `{key.Id}`.";
            return false;
        }

        if (!TryFromBase64(proof.Statement, out var bytes) || !TryFromBase64(proof.Signature, out var signature)
            || !key.Verify(Signed(bytes), signature))
        {
            problem = $"{LedgerCodes.ProofInvalid}: The signature of the proof is not one by the key `{key.Id}` over its statement.";
            return false;
        }

        try
        {
            statement = Decode(bytes);
            return true;
        }
        catch (LedgerException refused)
        {
            problem = refused.Message;
            return false;
        }
    }

    /// <summary>The canonical bytes.</summary>
    public byte[] Encode()
    {
        var writer = CanonicalWriter.ForThisThread();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Reads canonical bytes, strictly.</summary>
    /// <exception cref="LedgerException">The bytes are no statement, or not in canonical form.</exception>
    public static ApprovalStatement Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LedgerLimits.StatementBytesMax)
            throw new LedgerException($"{LedgerCodes.EntryNotUnderstood}: The statement is too large.");
        var reader = new CanonicalReader(bytes, "statement");
        reader.BeginObject();
        var actName = reader.Text("act"u8);
        if (!ApprovalActNames.TryParse(actName, out var act))
            throw reader.Refused($"its act `{Shown(actName)}` is not known here");
        var statement = new ApprovalStatement
        {
            Act = act,
            Approver = reader.Text("approver"u8),
            Challenge = reader.Text("challenge"u8),
            Details = reader.Text("details"u8),
            Digest = reader.Text("digest"u8),
            Rung = reader.SmallInteger("rung"u8),
            Subject = reader.Text("subject"u8),
            Time = reader.Time("time"u8),
        };
        if (reader.Integer("v"u8) != Version)
            throw reader.Refused("its version is not known here; use a newer `vetopoint`");
        reader.EndObject();
        reader.End();
        return statement;
    }

    private void Write(CanonicalWriter writer)
    {
        writer.BeginObject();
        writer.Member("act"u8, Act.ToName());
        writer.Member("approver"u8, Approver);
        writer.Member("challenge"u8, Challenge);
        writer.Member("details"u8, Details);
        writer.Member("digest"u8, Digest);
        writer.Member("rung"u8, Rung);
        writer.Member("subject"u8, Subject);
        writer.Member("time"u8, Time);
        writer.Member("v"u8, Version);
        writer.EndObject();
    }

    private static byte[] Signed(ReadOnlySpan<byte> statement) => [.. Prefix, .. statement];

    private static bool TryFromBase64(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var written))
            return false;
        bytes = bytes[..written];

        // One spelling only: base64 allows spaces and unused bits.
        return string.Equals(Convert.ToBase64String(bytes), text, StringComparison.Ordinal);
    }

    private static string Shown(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
