using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Ledger.Approvals;

/// <summary>What only the engine can say of a held call: the record's intent does not tell it.</summary>
/// <param name="Owner">The person who answers for the agent.</param>
/// <param name="LookedAt">Whether a person has reviewed the tool's definition, in words.</param>
/// <param name="Suspicion">What is suspicious about the tool, in words.</param>
/// <param name="HeldAt">When it was held, in words.</param>
public sealed record HeldCallClaims(string Agent, string Owner, string LookedAt, string Suspicion, string HeldAt);

/// <summary>
/// What a person is shown before approving a held call. All that matters of it follows from the intent, whose digest is signed, and
/// from the exact request, whose digest the intent holds: so whoever signs makes the paper anew and compares, and a program in the
/// engine's place can show nothing but what is really approved.
/// </summary>
public static class HeldCallPaper
{
    /// <summary>What the last evidence of a weaker form's first operation begins with.</summary>
    public const string ChangePrefix = "Weaker form: ";

    private const string Full = "full";

    private const string Agent = "agent";
    private const string Owner = "owner";
    private const string LookedAt = "tool looked at";
    private const string Suspicion = "tool suspicious";
    private const string HeldAt = "held at";
    private const string Request = "Exact request";

    /// <summary>The canonical bytes of the intent that <see cref="ApprovalSubject.Attempt"/> digests.</summary>
    public static byte[] Encode(Intent held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return EntryEncoding.EncodeBody(held).ToArray();
    }

    public static ApprovalPaper Of(Intent held, ReadOnlySpan<byte> request, HeldCallClaims claims)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(claims);
        var change = ChangeOf(held);
        return new ApprovalPaper(
            "approve", held.Attempt,
            $"Let the agent `{claims.Agent}` run this call on `{held.Server}` once.",
            [
                (Agent, claims.Agent),
                (Owner, claims.Owner),
                ("task", held.Attempt[..Math.Max(0, held.Attempt.LastIndexOf('.'))]),
                ("server", held.Server),
                ("call", held.Name is null ? held.Method : $"{held.Method} {held.Name}"),
                ("direction", held.Direction),
                ("form", change.Length == 0 ? held.Form : $"{held.Form}: {change}"),
                ("needs", Rungs.InWords(held.Rung ?? Rungs.Max)),
                ("policies", string.Join(", ", held.Policies)),
                ("policy set", held.PolicySet),
                ("tool definition", held.Tool ?? "none"),
                (LookedAt, claims.LookedAt),
                (Suspicion, claims.Suspicion),
                ("request digest", held.FormDigest),
                (HeldAt, claims.HeldAt),
                ("expires at", held.HoldExpiresAt is { } expires ? InWords(expires) : "never"),
            ],
            [
                ("What it would do", [.. held.Operations.Select(Sentence)]),
                ("Why it waits", held.Reasons),
                (Request, [.. Encoding.UTF8.GetString(request).Split('\n')]),
            ]);
    }

    /// <summary>
    /// Checks what an engine gave to sign and to show: that the statement approves exactly this intent with one person's rung, and that
    /// what is shown is what the intent and its request say.
    /// </summary>
    /// <param name="body">As <see cref="Encode"/> makes it.</param>
    /// <param name="shown">The details that would be shown.</param>
    /// <param name="salt">The salt of the intent's commitment to the request; empty where its digests are not salted.</param>
    /// <exception cref="LedgerException">The bytes are no intent.</exception>
    public static bool Fits(ApprovalStatement statement, ReadOnlySpan<byte> body, ReadOnlySpan<byte> shown, ReadOnlySpan<byte> salt)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var held = EntryDecoding.DecodeIntent(body);
        if (!statement.IsAbout(ApprovalAct.Approve, ApprovalSubject.Attempt(held)) || statement.Rung > Rungs.OfOnePerson)
            return false;
        if (ApprovalPaper.Decode(shown) is not { } paper || paper.LinesOf(Request) is not { } lines)
            return false;
        var request = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        if (!IsExactly(held, request, salt))
            return false;
        var claims = new HeldCallClaims(
            paper.FactOf(Agent), paper.FactOf(Owner), paper.FactOf(LookedAt), paper.FactOf(Suspicion), paper.FactOf(HeldAt));
        return shown.SequenceEqual(Of(held, request, claims).Encode());
    }

    /// <summary>True when a held intent is about exactly this request.</summary>
    public static bool IsExactly(Intent held, ReadOnlySpan<byte> request, ReadOnlySpan<byte> salt)
    {
        ArgumentNullException.ThrowIfNull(held);
        return held.Salted
            ? Commitment.Opens(held.FormDigest, CommittedBytes.Form, salt, request)
            : string.Equals(held.FormDigest, Convert.ToHexStringLower(SHA256.HashData(request)), StringComparison.Ordinal);
    }

    /// <summary>What a weaker form changes, in words; empty for the full form.</summary>
    public static string ChangeOf(Intent held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return held.Form != Full && held.Operations is [{ Evidence: [.., var last] }, ..] && last.StartsWith(ChangePrefix, StringComparison.Ordinal)
            ? last[ChangePrefix.Length..]
            : "";
    }

    /// <summary>A moment as papers show it.</summary>
    public static string InWords(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Sentence(OperationEntry operation)
    {
        var text = new StringBuilder();
        text.Append(operation.Effect).Append(' ').Append(operation.Target.Kind).Append(" `").Append(operation.Target.Name).Append('`');
        text.Append(" in ").Append(operation.Target.Environment ?? "an unknown environment, judged as prod");
        if (operation.Destination is { } destination)
            text.Append(" to ").Append(destination.Kind).Append(" `").Append(destination.Name).Append("` in ").Append(destination.Environment ?? "an unknown environment");
        text.Append("; objects: ").Append(operation.Objects?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown");
        text.Append("; can be undone: ").Append(operation.Reversibility).Append("; how well known: ").Append(operation.Knowledge);
        if (!operation.Target.Sensitivity.IsDefaultOrEmpty)
            text.Append("; data: ").AppendJoin(", ", operation.Target.Sensitivity);
        if (!operation.Understood)
            text.Append("; NOT UNDERSTOOD");
        return text.ToString();
    }
}
