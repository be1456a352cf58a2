using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;

namespace Vetopoint.Cedar.Validation;

/// <summary>Checks policies against a schema, strictly: what passes can fail at run time only by overflow or by entities that are missing.</summary>
public static class Validator
{
    /// <summary>Every problem of every policy. The set is good when none is an error.</summary>
    public static ImmutableArray<Problem> Validate(PolicySet policies, CedarSchema schema, ValidationOptions options) =>
        throw new NotImplementedException();
}
