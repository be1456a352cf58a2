using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// Compares the headers that repeat the body with the body, and writes them anew for what is sent. A server or a proxy may go
/// by the header where the judgement went by the body, so neither may say what the other does not.
/// </summary>
internal static class HeaderCheck
{
    /// <summary>The first difference, as a sentence; null when there is none.</summary>
    public static string? Difference(IHeaderDictionary headers, McpMessage message, bool isStateless, ParameterHeaders parameters)
    {
        var isRequest = message.Kind == McpMessageKind.Request;
        if (Single(headers, McpHeaderNames.ProtocolVersion, out var revision) is { } many)
            return many;
        if (message.ProtocolVersionText is { } inBody && inBody != revision)
            return $"`{McpHeaderNames.ProtocolVersion}` does not say the same as `_meta` of the body.";

        if (Single(headers, McpHeaderNames.Method, out var method) is { } manyMethods)
            return manyMethods;
        if (method is null ? isStateless && isRequest : method != message.Method)
            return $"`{McpHeaderNames.Method}` is missing or is not the method of the body.";

        if (Single(headers, McpHeaderNames.Name, out var name) is { } manyNames)
            return manyNames;
        if (name is null ? isStateless && isRequest && NeedsName(message) : !NamesOf(message).Contains(HeaderValues.Decode(name)))
            return $"`{McpHeaderNames.Name}` is missing or is not what the body names.";
        return ParameterDifference(headers, message, isStateless, parameters);
    }

    /// <summary>Writes the headers that repeat the body, for exactly the bytes that are sent.</summary>
    /// <param name="came">The headers of the client: those it left out stay out in a revision that does not ask for them.</param>
    public static void Write(
        HttpRequestMessage request, McpMessage message, bool isStateless, IHeaderDictionary came, ParameterHeaders parameters)
    {
        if (message.Method is { } method && (isStateless || came.ContainsKey(McpHeaderNames.Method)))
            request.Headers.TryAddWithoutValidation(McpHeaderNames.Method, method);
        if ((isStateless && NeedsName(message) || came.ContainsKey(McpHeaderNames.Name)) && NamesOf(message) is [{ } name, ..])
            request.Headers.TryAddWithoutValidation(McpHeaderNames.Name, HeaderValues.Encode(name));
        if (!parameters.All.IsEmpty)
            WriteParameters(request, message, parameters);
    }

    private static string? ParameterDifference(
        IHeaderDictionary headers, McpMessage message, bool isStateless, ParameterHeaders parameters)
    {
        if (parameters.All.IsEmpty && !HasParameters(headers))
            return null;
        using var arguments = Arguments(message);
        foreach (var (field, values) in headers)
        {
            if (!field.StartsWith(McpHeaderNames.ParameterPrefix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (values is not [{ } value] || HeaderValues.Decode(value) is not { } text)
                return $"`{field}` occurs twice or has characters it may not have.";

            // A header the pinned schema does not know may only say what the body says, and does not go on.
            var says = parameters.Find(field[McpHeaderNames.ParameterPrefix.Length..]) is { } known
                ? known.In(arguments.RootElement) is { } argument && HeaderValues.Says(text, argument)
                : HasLeaf(arguments.RootElement, text);
            if (!says)
                return $"`{field}` does not say the same as the arguments of the body.";
        }

        foreach (var parameter in parameters.All)
        {
            if (isStateless && parameter.In(arguments.RootElement) is not null
                && !headers.ContainsKey(McpHeaderNames.ParameterPrefix + parameter.Name))
            {
                return $"`{McpHeaderNames.ParameterPrefix}{parameter.Name}` is missing.";
            }
        }

        return null;
    }

    private static void WriteParameters(HttpRequestMessage request, McpMessage message, ParameterHeaders parameters)
    {
        using var arguments = Arguments(message);
        foreach (var parameter in parameters.All)
        {
            if (parameter.In(arguments.RootElement) is { } value && HeaderValues.TextOf(value) is { } text)
                request.Headers.TryAddWithoutValidation(McpHeaderNames.ParameterPrefix + parameter.Name, HeaderValues.Encode(text));
        }
    }

    private static bool HasParameters(IHeaderDictionary headers)
    {
        foreach (var (field, _) in headers)
        {
            if (field.StartsWith(McpHeaderNames.ParameterPrefix, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool HasLeaf(JsonElement value, string text) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(member => HasLeaf(member.Value, text)),
        JsonValueKind.Array => value.EnumerateArray().Any(item => HasLeaf(item, text)),
        JsonValueKind.Null or JsonValueKind.Undefined => false,
        JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => HeaderValues.Says(text, value),
        _ => false,
    };

    private static JsonDocument Arguments(McpMessage message) =>
        JsonDocument.Parse(message.Arguments.IsEmpty ? "{}"u8.ToArray() : message.Arguments);

    private static bool NeedsName(McpMessage message) => message.Method is "tools/call" or "resources/read" or "prompts/get";

    /// <summary>What the body names, the protocol's own choice first.</summary>
    private static List<string?> NamesOf(McpMessage message)
    {
        var names = new List<string?>(1);
        if (message.Method == "resources/read")
            Add(names, message.UriText);
        Add(names, message.NameText);
        Add(names, message.UriText);
        Add(names, Texts.Of(message.Param("taskId")));
        return names;
    }

    private static void Add(List<string?> names, string? name)
    {
        if (name is not null)
            names.Add(name);
    }

    private static string? Single(IHeaderDictionary headers, string field, out string? value)
    {
        var values = headers[field];
        value = values.Count == 1 ? values[0] : null;
        return values.Count > 1 ? $"`{field}` occurs twice." : null;
    }
}
