using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Control.Policies;

/// <summary>Checks policy sets: all problems are reported, and a set with an error is not made.</summary>
public sealed class PolicySetLoader
{
    /// <summary>The config file's name in a set.</summary>
    public const string ConfigName = "vetopoint.json";

    /// <summary>The contract's name in a set.</summary>
    public const string SchemaName = "policies/vetopoint.cedarschema";

    /// <summary>Checks a set against the contract, the tools that are pinned now, and the config's servers and environments.</summary>
    /// <param name="files">Every <c>.cedar</c> file, the contract and the config.</param>
    public PolicySetReading Load(IEnumerable<PolicyFile> files) => throw new NotImplementedException();
}

/// <summary>What came of checking a set.</summary>
/// <param name="Set">Null when a problem is an error.</param>
/// <param name="Problems">All of them.</param>
public sealed record PolicySetReading(PolicySetSnapshot? Set, ImmutableArray<Problem> Problems);
