using System.Text;
using Vetopoint.Cedar.Schema;

namespace Vetopoint.Cedar.Tests.Schema;

/// <summary>A schema's meaning as one text, so that two can be compared.</summary>
internal static class SchemaShape
{
    public static string Of(CedarSchema schema)
    {
        var text = new StringBuilder();
        foreach (var type in schema.CommonTypes.OrderBy(type => type.Key, StringComparer.Ordinal))
            text.Append("type ").Append(type.Key).Append(" = ").Append(type.Value).Append('\n');
        foreach (var entity in schema.EntityTypes.Values.OrderBy(entity => entity.Name, StringComparer.Ordinal))
        {
            text.Append("entity ").Append(entity.Name)
                .Append(entity.IsEnumerated ? $" enum {string.Join('|', entity.Ids)}" : "")
                .Append(" in ").AppendJoin('|', entity.Parents).Append(' ').Append(entity.Attributes)
                .Append(" tags ").Append(entity.Tags).Append(' ').AppendJoin('|', entity.Annotations).Append('\n');
        }

        foreach (var action in schema.Actions.Values.OrderBy(action => action.Uid.ToString(), StringComparer.Ordinal))
        {
            text.Append("action ").Append(action.Uid).Append(" in ").AppendJoin('|', action.Parents)
                .Append(" principal ").AppendJoin('|', action.Principals).Append(" resource ").AppendJoin('|', action.Resources)
                .Append(" context ").Append(action.Context).Append(' ').AppendJoin('|', action.Annotations).Append('\n');
        }

        return text.ToString();
    }
}
