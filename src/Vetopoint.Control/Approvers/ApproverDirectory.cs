namespace Vetopoint.Control.Approvers;

/// <summary>The people who can approve, from the record.</summary>
public sealed class ApproverDirectory
{
    public IReadOnlyList<EnrolledApprover> List() => throw new NotImplementedException();
}

/// <summary>A person who can approve.</summary>
/// <param name="Name">The person.</param>
/// <param name="KeyId">The first 16 hexadecimal digits of SHA-256 over the public key.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo.</param>
public sealed record EnrolledApprover(string Name, string KeyId, ReadOnlyMemory<byte> PublicKey);
