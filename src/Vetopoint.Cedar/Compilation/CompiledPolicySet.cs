using System.Collections.Frozen;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>Policies ready to decide: an immutable snapshot that any number of threads may use without locks.</summary>
public sealed class CompiledPolicySet
{
    private CompiledPolicySet(PolicySet policies, FrozenDictionary<EntityUid, CedarEntity> actions)
    {
        Policies = policies;
        Actions = actions;
        Index = new ScopeIndex([.. policies.Policies.Select((policy, index) => new CompiledPolicy(policy, index))], actions);
    }

    /// <summary>What was compiled.</summary>
    public PolicySet Policies { get; }

    /// <summary>Action entities that the schema declares; an entity source is not asked for these.</summary>
    internal FrozenDictionary<EntityUid, CedarEntity> Actions { get; }

    internal ScopeIndex Index { get; }

    /// <summary>Answers that were given before, to be given again.</summary>
    internal AnswerMemory Answers { get; } = new();

    /// <summary>Compiles a set.</summary>
    /// <param name="policies">The set.</param>
    /// <param name="schema">Gives the hierarchy of actions, so that an <see cref="IEntitySource"/> need not know actions.</param>
    public static CompiledPolicySet Compile(PolicySet policies, CedarSchema? schema = null)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return new CompiledPolicySet(policies, schema?.ActionEntities ?? FrozenDictionary<EntityUid, CedarEntity>.Empty);
    }
}
