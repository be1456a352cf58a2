using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>Why a message did not go on, with everything its sender may know.</summary>
internal sealed record Refusal
{
    /// <summary>A stable code, <c>VPnnnn</c>.</summary>
    public required string Code { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>The recorded attempt; null when nothing was recorded.</summary>
    public AttemptId? Attempt { get; init; }

    /// <summary>The hold a person can release; null for a refusal for good.</summary>
    public AttemptId? Hold { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public ImmutableArray<string> Policies { get; init; } = [];

    public ImmutableArray<string> Reasons { get; init; } = [];

    public ImmutableArray<string> WouldAllow { get; init; } = [];

    /// <summary>Whether the identical call may be made again, to wait for the same hold.</summary>
    public bool IsFirstWait { get; init; }

    /// <summary>A refusal that no policy made: judgement or delivery was not possible.</summary>
    public static Refusal Fault(string code, string reason, AttemptId? attempt = null) =>
        new() { Code = code, Verdict = Verdict.Deny, Attempt = attempt, Reasons = [reason] };

    public static Refusal Of(Judgement.Denied denied) => new()
    {
        Code = denied.Code,
        Verdict = Verdict.Deny,
        Attempt = denied.Attempt,
        Policies = denied.Policies,
        Reasons = denied.Reasons,
        WouldAllow = denied.WouldAllow,
    };

    public static Refusal Of(Judgement.Held held) => new()
    {
        Code = "VP4001",
        Verdict = Verdict.Hold,
        Attempt = held.Attempt,
        Hold = held.Hold,
        ExpiresAt = held.ExpiresAt,
        Policies = held.Policies,
        Reasons = held.Reasons,
        IsFirstWait = held.Attempt == held.Hold,
    };

    /// <summary>A hold that ended without an approval.</summary>
    public static Refusal Of(Judgement.Held held, string code, string reason) => new()
    {
        Code = code,
        Verdict = Verdict.Deny,
        Attempt = held.Attempt,
        Policies = held.Policies,
        Reasons = held.Reasons.Insert(0, reason),
    };

    /// <summary>What the agent reads: why, by which policy, and what it can do.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(Code).Append(": ").Append(Hold is null ? "Vetopoint refused this." : "Vetopoint holds this until a person approves it.");
        foreach (var reason in Reasons)
            text.Append(' ').Append(reason);
        if (!Policies.IsDefaultOrEmpty)
            text.Append(" Decided by ").AppendJoin(", ", Policies.Select(static policy => $"`{policy}`")).Append('.');
        if (Hold is { } hold)
        {
            text.Append(CultureInfo.InvariantCulture,
                $" Ask a person to run `vetopoint approve {hold}`, then make exactly the same call again: it passes once.");
            if (ExpiresAt is { } expiresAt)
                text.Append(CultureInfo.InvariantCulture, $" The hold ends at {expiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        }

        if (!WouldAllow.IsDefaultOrEmpty)
            text.Append(" What would be allowed: ").AppendJoin("; ", WouldAllow).Append('.');
        return text.ToString();
    }
}
