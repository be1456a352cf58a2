using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vetopoint.Api.Messages;

/// <summary><c>POST /tasks</c>, where agents call: a task asks for one below itself.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChildTaskRequest
{
    /// <summary>Who is to work in it; null for the caller's own agent.</summary>
    public string? Agent { get; init; }

    /// <summary>A mandate template of the active policy set.</summary>
    public string? Template { get; init; }

    /// <summary>What the template's parameters are filled in with.</summary>
    public Dictionary<string, string>? Set { get; init; }

    /// <summary>The mandate, where no template is named: see <c>docs/mandate.schema.json</c>.</summary>
    public JsonElement? Mandate { get; init; }
}

/// <summary>A task was created (201).</summary>
/// <param name="Key">Its bearer key, good for this task only, shown this once.</param>
/// <param name="Mandate">What it may do, in plain words.</param>
public sealed record ChildTaskView(string Task, string Key, string Agent, DateTimeOffset ExpiresAt, ImmutableArray<string> Mandate);

/// <summary>A person has to agree first (202). Ask again with the same words then.</summary>
public sealed record ChildTaskHeld(string Hold, DateTimeOffset ExpiresAt, ImmutableArray<string> Reasons);
