using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Json;

/// <summary>
/// Cedar's JSON form of policies, both ways: one policy or template per text, or a whole set with its templates and links.
/// </summary>
/// <remarks>
/// A policy read from JSON has its text in Cedar's syntax as <see cref="Policy.Text"/>; a problem found in it later stands
/// where the JSON of that policy begins.
/// </remarks>
public static class PolicyJson
{
    /// <summary>Operators stay readable; the text is JSON for programs, not for a web page to include.</summary>
    private static readonly JsonWriterOptions Readable =
        new() { MaxDepth = int.MaxValue, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A policy as JSON. Its id is not a part of it, its annotations are.</summary>
    public static string Write(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Write(writer => new PolicyJsonWriter(writer).Write(policy.Syntax));
    }

    /// <summary>A template as JSON. Its id is not a part of it, its annotations are.</summary>
    public static string Write(PolicyTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return Write(writer => new PolicyJsonWriter(writer).Write(template.Syntax));
    }

    /// <summary>A set as JSON: its policies, its templates, and the links that make policies of them.</summary>
    public static string Write(PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return Write(writer => PolicySetJson.Write(policies, writer));
    }

    /// <summary>Reads policies and templates, each from one source.</summary>
    public static PolicyParseResult Read(params IEnumerable<CedarSource> sources)
    {
        var problems = new ProblemList();
        var texts = new List<PolicyText>();
        foreach (var source in sources)
            if (ToText(source, problems) is { } text)
                texts.Add(text);

        var parsed = PolicyReader.Read(texts);
        return problems.HasErrors ? new PolicyParseResult(null, [.. problems.ToImmutable(), .. parsed.Problems]) : parsed;
    }

    /// <summary>
    /// Reads a set. Its policies and templates are called as the set calls them, whatever their <c>@id</c> says.
    /// </summary>
    public static PolicyParseResult ReadSet(CedarSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var problems = new ProblemList();
        using var json = JsonText.Read(source, CedarLimits.PolicyJsonNestingMax, ProblemCodes.BadPolicyJson, problems);
        return json is null
            ? new PolicyParseResult(null, problems.ToImmutable())
            : PolicySetJson.Read(json, source.File, problems);
    }

    /// <summary>The text of a policy or template; null when it is none, which is then reported.</summary>
    internal static PolicyText? ToText(JsonText json, JsonElement policy, string file, string? id, ProblemList problems)
    {
        try
        {
            var text = new PolicyJsonReader().ReadPolicy(policy);
            return new PolicyText(new CedarSource(file, text), id, json.At(policy) with { Length = 0 });
        }
        catch (JsonFormException exception)
        {
            json.Report(exception, ProblemCodes.BadPolicyJson, problems);
            return null;
        }
    }

    private static PolicyText? ToText(CedarSource source, ProblemList problems)
    {
        using var json = JsonText.Read(source, CedarLimits.PolicyJsonNestingMax, ProblemCodes.BadPolicyJson, problems);
        return json is null ? null : ToText(json, json.Root, source.File, null, problems);
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
