namespace Vetopoint.Ledger.Queries;

/// <summary>One fact that an entry must have.</summary>
public readonly record struct Condition(FactKind Kind, TextPattern Pattern);
