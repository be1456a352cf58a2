using System.Collections.Immutable;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Schema;

namespace Vetopoint.Control.Policies;

/// <summary>A checked policy set, ready to decide. Immutable; swapped whole.</summary>
public sealed class PolicySetSnapshot
{
    /// <summary>The annotation that names a policy.</summary>
    internal const string IdAnnotation = "id";

    /// <summary>The annotation that says, to an agent and a person, why.</summary>
    internal const string ReasonAnnotation = "reason";

    internal PolicySetSnapshot(
        string digest, ImmutableArray<PolicyFile> files, PolicySet policies, CompiledPolicySet compiled, CedarSchema schema,
        PolicySettings settings)
    {
        Digest = digest;
        Files = files;
        Policies = policies;
        Compiled = compiled;
        Schema = schema;
        Settings = settings;
    }

    /// <summary>SHA-256 over the sorted names and bytes of its files, lower-case hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>As written, sorted by name.</summary>
    public ImmutableArray<PolicyFile> Files { get; }

    public PolicySet Policies { get; }

    public CedarSchema Schema { get; }

    public PolicySettings Settings { get; }

    internal CompiledPolicySet Compiled { get; }
}
