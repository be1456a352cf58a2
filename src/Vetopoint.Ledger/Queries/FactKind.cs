namespace Vetopoint.Ledger.Queries;

/// <summary>What a fact of an entry is about. The numbers stand in indexes: none is ever reused.</summary>
public enum FactKind
{
    /// <summary>The task that the entry belongs to.</summary>
    Task = 1,

    /// <summary>The agent of that task, or the one whose key was changed.</summary>
    Agent = 2,

    /// <summary>The person who is accountable for that agent.</summary>
    Owner = 3,

    /// <summary>The server that a call, a task or a pin is about.</summary>
    Server = 4,

    /// <summary>The tool, resource or prompt that is named.</summary>
    Tool = 5,

    /// <summary>What an operation would do.</summary>
    Effect = 6,

    /// <summary>How a call was judged.</summary>
    Verdict = 7,

    /// <summary>What an operation acts on, and where it moves things to.</summary>
    Target = 8,

    /// <summary>The environment of either; <see cref="EntryFacts.UnknownEnvironment"/> where it is not known.</summary>
    Environment = 9,

    /// <summary>The kind of the entry.</summary>
    Kind = 10,

    /// <summary>The task that created the task that the entry opens.</summary>
    Parent = 11,
}
