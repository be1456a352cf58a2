using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vetopoint.Api.Messages;

/// <summary>What a person can do with a signed statement. Each widens what agents may do, so each needs proof.</summary>
public static class ActNames
{
    /// <summary>Let a held attempt run once. Subject: the attempt.</summary>
    public const string Approve = "approve";

    /// <summary>Make the staged set the active one. Subject: its digest.</summary>
    public const string Activate = "activate";

    /// <summary>Stop enforcing on a server. Subject: the server.</summary>
    public const string Observe = "observe";

    /// <summary>Enforce on a server again. Subject: the server.</summary>
    public const string Enforce = "enforce";

    /// <summary>Accept a tool's definition as offered. Subject: <c>server/tool</c>.</summary>
    public const string Review = "review";

    /// <summary>Give an agent a bearer key. Subject: the agent.</summary>
    public const string Enroll = "enroll";

    /// <summary>Take an agent's keys away. Subject: the agent.</summary>
    public const string Revoke = "revoke";

    /// <summary>Let a quarantined agent act again. Subject: the agent.</summary>
    public const string Restore = "restore";

    /// <summary>Take Vetopoint out of a client's config. Subject: the client.</summary>
    public const string Release = "release";

    /// <summary>Have a new key of the record take over. Subject: <c>head</c> or <c>log</c>.</summary>
    public const string Rotate = "rotate";

    /// <summary>Let a person approve. Subject: the person. Signed by an earlier one; for the first see <see cref="FirstApprover"/>.</summary>
    public const string EnrollApprover = "enroll_approver";

    /// <summary>Erase what is kept of a task's calls. Subject: the task. Needs <see cref="ChallengeRequest.Why"/>.</summary>
    public const string Erase = "erase";

    /// <summary>Give an agent a task. Subject: the agent.</summary>
    public const string Start = "start";

    public static readonly ImmutableArray<string> All =
        [Approve, Activate, Observe, Enforce, Review, Enroll, Revoke, Restore, Start, Release, Rotate, EnrollApprover, Erase];
}

/// <summary><c>POST /v1/challenges</c>: begins an act.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChallengeRequest
{
    /// <summary>One of <see cref="ActNames"/>.</summary>
    public required string Act { get; init; }

    public required string Subject { get; init; }

    /// <summary>Name of the approver who is going to sign.</summary>
    public required string Approver { get; init; }

    /// <summary>The accountable person, for <see cref="ActNames.Enroll"/>; null takes the config's.</summary>
    public string? Owner { get; init; }

    /// <summary>SubjectPublicKeyInfo, base64, for <see cref="ActNames.EnrollApprover"/>.</summary>
    public string? PublicKey { get; init; }

    /// <summary>A mandate template, for <see cref="ActNames.Start"/>.</summary>
    public string? Template { get; init; }

    /// <summary>What the template's parameters are filled in with.</summary>
    public Dictionary<string, string>? Set { get; init; }

    /// <summary>Why, in one line, for <see cref="ActNames.Erase"/>; it stands in the record.</summary>
    public string? Why { get; init; }
}

/// <summary>What to sign and what it means.</summary>
/// <param name="Statement">Base64 of the canonical statement; these bytes are signed.</param>
/// <param name="Details">
/// Base64 of canonical JSON, an <see cref="ActDetails"/>: everything a person must see. The statement's <c>details</c> is its SHA-256.
/// Check that, show all of it, and only then sign.
/// </param>
/// <param name="Bound">
/// For <see cref="ActNames.Approve"/>, base64 of the held intent, which the statement's digest covers: check with it that the details say what is
/// really approved. Null for other acts.
/// </param>
/// <param name="Salt">
/// For <see cref="ActNames.Approve"/>, base64 of the salt with which the held intent commits to the exact request; null where its digests are plain.
/// </param>
public sealed record Challenge(string Statement, string Details, string? Bound = null, string? Salt = null);

/// <summary>Everything a person must see before signing. Text may hold anything an agent wrote: make control characters visible.</summary>
/// <param name="Summary">One sentence.</param>
/// <param name="Facts">Names and values, in the order to show them.</param>
/// <param name="Sections">Longer texts, such as operations, the exact request, or a difference.</param>
public sealed record ActDetails(
    string Act, string Subject, string Summary, ImmutableArray<ActFact> Facts, ImmutableArray<ActSection> Sections);

public sealed record ActFact(string Name, string Value);

public sealed record ActSection(string Title, ImmutableArray<string> Lines);

/// <summary><c>POST /v1/acts</c>: ends it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ActRequest
{
    /// <summary>Base64, exactly as in the challenge.</summary>
    public required string Statement { get; init; }

    /// <summary>Base64.</summary>
    public required string Signature { get; init; }

    /// <summary>The enrolled key that signed.</summary>
    public required string KeyId { get; init; }
}

/// <param name="Message">What is so now, in one sentence.</param>
/// <param name="Key">The agent's bearer key, shown this once; null for other acts.</param>
public sealed record ActResult(string Act, string Subject, string Message, string? Key);

/// <summary>A request that was refused, as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Title">What happened.</param>
/// <param name="Detail">What to do.</param>
/// <param name="Code">Stable, <c>VPnnnn</c>.</param>
public sealed record ApiRefusal(string Title, int Status, string? Detail, string Code, ImmutableArray<ProblemView>? Problems);

/// <summary>Something was done that needed no proof.</summary>
public sealed record Done(string Message);

/// <summary><c>POST /v1/approvers/first</c>: makes the first person able to approve; refused once there is one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FirstApprover
{
    public required string Approver { get; init; }

    /// <summary>SubjectPublicKeyInfo, base64.</summary>
    public required string PublicKey { get; init; }
}
