using Vetopoint.Cedar;
using Vetopoint.Cedar.Schema;

namespace Vetopoint.Testing.Cedar.Bytes;

/// <summary>A schema with the names that generated policies use, so that validation of damaged ones gets far.</summary>
internal static class AnySchema
{
    public static CedarSchema Schema { get; } = CedarSchema.Parse(new CedarSource("any", """
        entity T0, T1, T2, T3 in [T0, T1, T2, T3] = { a?: Long, b?: String, level?: Long, owner?: T0 } tags Long;
        action "act 0";
        action "act 1" in ["act 0"] appliesTo { principal: [T0, T1, T2, T3], resource: [T0, T1, T2, T3], context: { a?: Bool, level?: Long } };
        """)).Schema!;
}
