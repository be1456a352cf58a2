using System.Collections.Frozen;
using Vetopoint.Readers.Mcp.Tools;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What a pinned definition says, worked out once.</summary>
internal sealed class ToolProfile
{
    private ToolProfile(ToolDefinition definition)
    {
        Description = DescriptionReading.Of(definition.Description);
        Annotations = definition.Annotations;
        var isQuery = QueryTools.IsOne(definition.Name, definition.Title, definition.Description);
        Properties = definition.Properties()
            .Select(property => PropertyProfile.Of(property.Name, property.Schema, isQuery))
            .ToFrozenDictionary(static property => property.Name, StringComparer.Ordinal);
    }

    public DescriptionReading Description { get; }

    public ToolAnnotations Annotations { get; }

    public FrozenDictionary<string, PropertyProfile> Properties { get; }

    public static ToolProfile Of(ToolDefinition definition) => new(definition);

    /// <summary>The first argument with a role, by the order of names so that the answer does not vary.</summary>
    public PropertyProfile? With(ArgumentRoles role) =>
        Properties.Values.OrderBy(static property => property.Name, StringComparer.Ordinal)
            .FirstOrDefault(property => property.Roles.HasFlag(role));
}

/// <summary>What the schema says of one argument.</summary>
/// <param name="Values">The texts an enum allows; empty when it is not an enum.</param>
internal sealed record PropertyProfile(string Name, string? Type, ArgumentRoles Roles, FrozenSet<string> Values)
{
    /// <param name="isQuery">True when the tool speaks a query language, so that its query is a statement.</param>
    public static PropertyProfile Of(string name, ReadOnlyMemory<byte> schema, bool isQuery)
    {
        var type = JsonBytes.TextOf(JsonBytes.Member(schema, "type").Span);
        var description = JsonBytes.TextOf(JsonBytes.Member(schema, "description").Span);
        var values = JsonBytes.Items(JsonBytes.Member(schema, "enum"))
            .Select(static item => JsonBytes.TextOf(item.Span))
            .OfType<string>()
            .ToFrozenSet(StringComparer.Ordinal);
        var roles = ArgumentRoleNames.Of(name, description, type == "boolean");

        if (type != "boolean" && QueryTools.IsQuery(name) && (isQuery || QueryTools.Mentions(description)))
            roles |= ArgumentRoles.Code;

        // One of a few words is not a program, and a number is no address.
        if (values.Count > 0 || type is "integer" or "number")
            roles &= ~(ArgumentRoles.Code | ArgumentRoles.Url | ArgumentRoles.Output);
        return new PropertyProfile(name, type, roles, values);
    }
}
