using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>What is asked: may this principal do this action on this resource, in this context?</summary>
public sealed record CedarRequest(EntityUid Principal, EntityUid Action, EntityUid Resource, CedarRecord Context);
