using System.Collections.Immutable;

namespace Vetopoint.Control.Tools;

/// <summary>A tool as a server offers it now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">SHA-256 of its canonical definition, lower-case hexadecimal.</param>
/// <param name="Definition">The canonical definition that the digest covers.</param>
/// <param name="Findings">What a reader found suspicious in it, in sentences: hidden text, orders to a model, imitated names.</param>
public sealed record OfferedTool(string Name, string Digest, ReadOnlyMemory<byte> Definition, ImmutableArray<string> Findings);
