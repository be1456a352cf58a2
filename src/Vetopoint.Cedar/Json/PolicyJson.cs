using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Json;

/// <summary>Cedar's JSON form of policies, one policy per text, both ways.</summary>
public static class PolicyJson
{
    /// <summary>Operators stay readable; the text is JSON for programs, not for a web page to include.</summary>
    private static readonly JsonWriterOptions Readable =
        new() { MaxDepth = int.MaxValue, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = CedarLimits.PolicyJsonNestingMax };

    /// <summary>A policy as JSON. Its id is not a part of it, its annotations are.</summary>
    public static string Write(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            new PolicyJsonWriter(writer).Write(policy.Syntax);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>
    /// Reads policies, each from one source. The policies of the set are texts of Cedar, and so are the places of problems
    /// found once the JSON itself was understood.
    /// </summary>
    public static PolicyParseResult Read(params IEnumerable<CedarSource> sources)
    {
        var problems = new ProblemList();
        var texts = new List<CedarSource>();
        foreach (var source in sources)
            if (ToText(source, problems) is { } text)
                texts.Add(source with { Text = text });
        var parsed = PolicySet.Parse(texts);
        return problems.HasErrors ? new PolicyParseResult(null, [.. problems.ToImmutable(), .. parsed.Problems]) : parsed;
    }

    private static string? ToText(CedarSource source, ProblemList problems)
    {
        try
        {
            var utf8 = Encoding.UTF8.GetBytes(source.Text);
            JsonNames.RequireUnique(utf8);
            using var document = JsonDocument.Parse(utf8, Deep);
            return new PolicyJsonReader().ReadPolicy(document.RootElement);
        }
        catch (JsonException exception)
        {
            var line = (int)Math.Min(exception.LineNumber ?? 0, int.MaxValue - 1) + 1;
            problems.Error(
                ProblemCodes.BadPolicyJson, new Location(source.File, line, 1, 0),
                $"The text is not well-formed JSON, or nests deeper than {CedarLimits.PolicyJsonNestingMax} levels.",
                "Compare it with Cedar's JSON policy format.");
        }
        catch (FormatException exception)
        {
            problems.Error(
                ProblemCodes.BadPolicyJson, new Location(source.File, 1, 1, 0), exception.Message,
                "Compare it with Cedar's JSON policy format.");
        }

        return null;
    }
}
