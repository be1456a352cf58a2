using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Control.Policies;

/// <summary>The policy set that decides, and the one that is staged beside it.</summary>
public sealed class ActivePolicySet
{
    /// <summary>The set that decides.</summary>
    /// <exception cref="InvalidOperationException">None is active yet.</exception>
    public PolicySetSnapshot Current => throw new NotImplementedException();

    /// <summary>The edited set that waits for activation; null when the files are what is active, or have an error.</summary>
    public PolicySetSnapshot? Staged => throw new NotImplementedException();

    /// <summary>What is wrong with the files as they are now.</summary>
    public ImmutableArray<Problem> Problems => throw new NotImplementedException();

    /// <summary>True when a server's verdicts are recorded and not enforced.</summary>
    public bool IsObserved(string server) => throw new NotImplementedException();

    /// <summary>
    /// Decides with the newest activated set, kept by its digest. The first start of a home activates the given files,
    /// while no approver is enrolled.
    /// </summary>
    /// <exception cref="PolicySetException">There is no set that can decide: refuse to start.</exception>
    public Task StartAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Checks the files as they are now and stages them. The active set stays as it is, unless it says that edits activate themselves.</summary>
    public Task<PolicySetReading> StageAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What activating the staged set would change, policy by policy and line by line.</summary>
    public PolicySetDiff Diff() => throw new NotImplementedException();
}

/// <summary>No policy set can decide.</summary>
public sealed class PolicySetException : Exception
{
    internal PolicySetException(string message, ImmutableArray<Problem> problems) : base(message) => Problems = problems;

    public ImmutableArray<Problem> Problems { get; }
}

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
