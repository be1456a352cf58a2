using System.Collections.Immutable;

namespace Vetopoint.Control.Policies;

/// <summary>What differs between two policy sets.</summary>
/// <param name="From">Digest of the active set.</param>
/// <param name="To">Digest of the staged set.</param>
/// <param name="Policies">Policies that differ, by id.</param>
/// <param name="Files">Lines of the config and the contract that differ.</param>
public sealed record PolicySetDiff(string From, string To, ImmutableArray<PolicyChange> Policies, ImmutableArray<FileChange> Files);

/// <summary>One policy that differs.</summary>
/// <param name="Id">Its <c>@id</c>.</param>
/// <param name="Before">Its text in the active set; null when it is new.</param>
/// <param name="After">Its text in the staged set; null when it is gone.</param>
public sealed record PolicyChange(string Id, string? Before, string? After);

/// <summary>One file that differs.</summary>
/// <param name="Name">The file.</param>
/// <param name="Lines">Its lines around each difference, in order.</param>
public sealed record FileChange(string Name, ImmutableArray<LineChange> Lines);

/// <summary>One line of a difference.</summary>
/// <param name="Kind">Whether it stays, goes or comes.</param>
/// <param name="Text">The line, without its end.</param>
public readonly record struct LineChange(LineChangeKind Kind, string Text);

/// <summary>What happens to a line.</summary>
public enum LineChangeKind
{
    Same = 0,
    Removed,
    Added,
}
