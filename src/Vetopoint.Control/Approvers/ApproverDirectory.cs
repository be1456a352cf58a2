using System.Collections.Immutable;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Control.Approvers;

/// <summary>The people who can approve, from the engine's chain.</summary>
public sealed class ApproverDirectory
{
    private ImmutableArray<EnrolledApprover> _approvers = []; // swapped whole by the chain's turn

    internal ApproverDirectory(EngineChain chain) => chain.Follow(Apply);

    /// <summary>Every approver, in the order of enrolment.</summary>
    public IReadOnlyList<EnrolledApprover> List() => _approvers;

    internal EnrolledApprover? Find(string keyId) => _approvers.FirstOrDefault(approver => approver.KeyId == keyId);

    private void Apply(Entry entry)
    {
        if (entry.Body is not ApproverEnrolled enrolled)
            return;
        if (EcdsaPublicKey.TryParse(enrolled.PublicKey, out var problem) is not { } key)
            throw new InvalidDataException($"The record enrolls an approver with a key that is none. {problem}");
        _approvers = _approvers.Add(new EnrolledApprover(enrolled.Approver, key));
    }
}

/// <summary>A person who can approve.</summary>
/// <param name="Name">The person.</param>
/// <param name="Key">The key that proves it.</param>
public sealed record EnrolledApprover(string Name, EcdsaPublicKey Key)
{
    public string KeyId => Key.Id;
}
