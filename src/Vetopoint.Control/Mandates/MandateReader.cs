using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Mandates;

/// <summary>Reads mandates from JSON, strictly: all problems are reported, and one with a problem is none.</summary>
public sealed partial class MandateReader
{
    private const string Help = "docs/mandate.schema.json says what a mandate can have.";

    private static readonly ImmutableArray<string> Members =
    [
        "purpose", "effects", "resources", "environments", "servers", "gates", "labels", "destinations",
        "calls", "objects", "bytes", "sensitive", "expiresAfter", "depth", "children",
    ];

    private static readonly ImmutableArray<string> TemplateMembers = [.. Members, "$schema", "parameters", "approved"];

    private readonly string _file;
    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();

    private MandateReader(string file) => _file = file;

    /// <summary>Reads a template.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">Named in problems.</param>
    /// <param name="json">UTF-8.</param>
    public static (MandateTemplate? Template, ImmutableArray<Problem> Problems) ReadTemplate(string name, string file, ReadOnlyMemory<byte> json)
    {
        var reader = new MandateReader(file);
        using var document = reader.Parse(json);
        if (document is null)
            return (null, reader._problems.ToImmutable());
        var root = document.RootElement;
        reader.CheckMembers(root, TemplateMembers);
        var parameters = reader.Texts(root, "parameters", text => ParameterName().IsMatch(text) ? null : "it is not a word of letters, digits and `_`") ?? [];
        var approved = reader.Flag(root, "approved");
        var request = reader.ReadRequest(root, parameters);
        if (request.Purpose is null)
            reader.Report("purpose", "A template says what it is for.");
        if (request.Effects is null)
            reader.Report("effects", "A template names its effects.");
        return (reader._problems.Count == 0 ? new MandateTemplate(name, request, parameters, approved) : null, reader._problems.ToImmutable());
    }

    /// <summary>Reads a mandate.</summary>
    /// <param name="file">Named in problems.</param>
    /// <param name="json">UTF-8.</param>
    public static (MandateRequest? Request, ImmutableArray<Problem> Problems) Read(string file, ReadOnlyMemory<byte> json)
    {
        var reader = new MandateReader(file);
        using var document = reader.Parse(json);
        if (document is null)
            return (null, reader._problems.ToImmutable());
        reader.CheckMembers(document.RootElement, Members);
        var request = reader.ReadRequest(document.RootElement, []);
        return (reader._problems.Count == 0 ? request : null, reader._problems.ToImmutable());
    }

    private MandateRequest ReadRequest(JsonElement root, ImmutableArray<string> parameters) => new()
    {
        Purpose = Text(root, "purpose"),
        Effects = Texts(root, "effects", text => text == Mandate.Any || EffectNames.TryParse(text, out _) ? null : "there is no such effect"),
        Resources = Texts(root, "resources", text => ResourcePattern.WhyNot(Sample(text, parameters))),
        Environments = Texts(root, "environments", text => NamePattern.WhyNot(text)),
        Servers = Texts(root, "servers", text => NamePattern.WhyNot(text)),
        Gates = Texts(root, "gates", text => NamePattern.WhyNot(text)),
        Labels = Texts(root, "labels", text => NamePattern.WhyNot(text, prefixes: false)),
        Destinations = Texts(root, "destinations", text => ResourcePattern.WhyNot(Sample(text, parameters))),
        Calls = Number(root, "calls", long.MaxValue),
        Objects = Number(root, "objects", long.MaxValue),
        Bytes = Number(root, "bytes", long.MaxValue),
        Sensitive = Number(root, "sensitive", long.MaxValue),
        ExpiresAfter = Duration(root, "expiresAfter"),
        Depth = (int)(Number(root, "depth", ControlLimits.TaskDepthMax) ?? 0),
        Children = (int)(Number(root, "children", ControlLimits.ChildrenPerTaskMax) ?? 0),
    };

    private JsonDocument? Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > ControlLimits.MandateBytesMax)
        {
            Report("", $"It has more than {ControlLimits.MandateBytesMax} bytes.");
            return null;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = ControlLimits.MandateJsonDepthMax });
        }
        catch (JsonException wrong)
        {
            _problems.Add(new Problem(
                ControlCodes.MandateWrong, ProblemSeverity.Error, _file, (int)(wrong.LineNumber ?? 0) + 1, (int)(wrong.BytePositionInLine ?? 0) + 1, 0,
                "This is no JSON that can be a mandate.", "Write one object, and no name twice."));
            return null;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        Report("", "It is not an object.");
        return null;
    }

    private void CheckMembers(JsonElement root, ImmutableArray<string> known)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("money"u8))
                Report("money", "Money is no budget yet: nothing says what a call costs, so nothing could count it.");
            else if (!known.Contains(member.Name, StringComparer.Ordinal))
                Report(member.Name, "It is not known here.");
        }
    }

    private string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && TextOf(value) is { } text && text.Length <= ControlLimits.MandatePatternCharactersMax)
            return text;
        Report(name, $"It is not a text of at most {ControlLimits.MandatePatternCharactersMax} characters.");
        return null;
    }

    private bool Flag(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
            return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Report(name, "It is neither `true` nor `false`.");
        return false;
    }

    private ImmutableArray<string>? Texts(JsonElement root, string name, Func<string, string?> whyNot)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > ControlLimits.MandatePatternsMax)
        {
            Report(name, $"It is not a list of at most {ControlLimits.MandatePatternsMax} texts.");
            return [];
        }

        var texts = ImmutableArray.CreateBuilder<string>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || TextOf(item) is not { } text)
                Report($"{name}[{texts.Count}]", "It is not a text.");
            else if (whyNot(text) is { } why)
                Report($"{name}[{texts.Count}]", $"It cannot be `{text}`: {why}.");
            else
                texts.Add(text);
        }

        return texts.ToImmutable();
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    private long? Number(JsonElement root, string name, long max)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;

        // 1.0 and 1e3 are not taken: one number has one spelling.
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 && number <= max
            && value.GetRawText() == number.ToString(CultureInfo.InvariantCulture))
            return number;
        Report(name, max == long.MaxValue ? "It is not a whole number from 0 on." : $"It is not a whole number from 0 to {max}.");
        return null;
    }

    private TimeSpan? Duration(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && TimeSpan.TryParseExact(TextOf(value), "c", CultureInfo.InvariantCulture, out var duration)
            && duration > TimeSpan.Zero && duration <= ControlLimits.MandateLifeMax)
            return duration;
        Report(name, "It is not a time such as `08:00:00` or `1.00:00:00`, of at most 366 days.");
        return null;
    }

    /// <summary>A pattern as it would be with something filled in.</summary>
    private static string Sample(string text, ImmutableArray<string> parameters) =>
        parameters.Aggregate(text, (filled, name) => filled.Replace($"{{{name}}}", "x", StringComparison.Ordinal));

    private void Report(string path, string what) =>
        _problems.Add(new Problem(ControlCodes.MandateWrong, ProblemSeverity.Error, _file, 0, 0, 0, path.Length == 0 ? what : $"`{path}`: {what}", Help));

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,31}$")]
    private static partial Regex ParameterName();
}
