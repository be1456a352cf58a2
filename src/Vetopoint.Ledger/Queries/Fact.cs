namespace Vetopoint.Ledger.Queries;

/// <summary>One thing that an entry says and can be asked for.</summary>
public readonly record struct Fact(FactKind Kind, string Text);
