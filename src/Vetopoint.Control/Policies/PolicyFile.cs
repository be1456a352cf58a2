namespace Vetopoint.Control.Policies;

/// <summary>One file of a policy set, as written.</summary>
/// <param name="Name">Its path inside the home, such as <c>policies/base.cedar</c> or <c>vetopoint.json</c>, with forward slashes.</param>
/// <param name="Content">Its bytes.</param>
public sealed record PolicyFile(string Name, ReadOnlyMemory<byte> Content);
