using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Policies;

namespace Vetopoint.Control.Decisions;

/// <summary>The entities of one question: who acts and on what. Tools, servers and environments have nothing to look into.</summary>
internal sealed class OperationEntities(CedarEntity agent, CedarEntity resource) : IEntitySource
{
    public EntityLookup Find(EntityUid uid)
    {
        if (uid.Equals(resource.Uid))
            return EntityLookup.Found(resource);
        if (uid.Equals(agent.Uid))
            return EntityLookup.Found(agent);

        // Another agent, or a resource that is not this one: no policy may take it for harmless because nothing is known of it.
        return uid.Type is Contract.AgentType or Contract.ResourceType ? EntityLookup.Unavailable : EntityLookup.Absent;
    }
}
