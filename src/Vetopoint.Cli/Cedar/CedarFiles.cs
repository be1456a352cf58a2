using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;

namespace Vetopoint.Cli.Cedar;

/// <summary>
/// Policies, schemas and entities from files, which need neither a home nor an engine. A name that ends in <c>.json</c> is read
/// in Cedar's JSON form, any other as text.
/// </summary>
internal sealed class CedarFiles
{
    private const string JsonEnding = ".json";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<Problem> _problems = [];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>What is wrong with what was read so far.</summary>
    public ImmutableArray<Problem> Problems => [.. _problems];

    public bool HasErrors => _problems.Exists(problem => problem.Severity == ProblemSeverity.Error);

    public static Option<string[]> SchemaOption() => new("--schema")
    {
        Description = "A schema: .cedarschema, or .json in Cedar's JSON form; several make one",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>The text of a file that was read, to show the lines of problems.</summary>
    public string? TextOf(string file) => _texts.GetValueOrDefault(file);

    public PolicySet? Policies(IReadOnlyCollection<string> paths)
    {
        var sources = paths.Select(Read).ToList();
        var isJson = sources.Count(source => IsJson(source.File));
        if (isJson == 0)
            return Note(PolicySet.Parse(sources));
        if (isJson != sources.Count)
            throw new CliException("VP1504", "Policies in text and in JSON cannot be read together.", "Give one or the other.", ExitCodes.Usage);
        return sources.Count == 1 && IsSet(sources[0].Text) ? Note(PolicyJson.ReadSet(sources[0])) : Note(PolicyJson.Read(sources));
    }

    public CedarSchema? Schema(IReadOnlyCollection<string> paths)
    {
        var sources = paths.Select(Read).ToList();
        var isJson = sources.Count(source => IsJson(source.File));
        if (isJson != 0 && isJson != sources.Count)
            throw new CliException("VP1504", "Schemas in text and in JSON cannot be read together.", "Give one or the other; `vetopoint policy schema` turns one into the other.", ExitCodes.Usage);
        var parsed = isJson == 0 ? CedarSchema.Parse(sources) : CedarSchema.ParseJson(sources);
        _problems.AddRange(parsed.Problems);
        return parsed.Schema;
    }

    public EntityStore? Entities(string path, CedarSchema? schema)
    {
        var parsed = CedarJson.ReadEntities(Read(path), schema);
        _problems.AddRange(parsed.Problems);
        return parsed.Entities;
    }

    /// <exception cref="CliException">The file cannot be read.</exception>
    public CedarSource Read(string path)
    {
        try
        {
            var text = Strict.GetString(File.ReadAllBytes(path));
            _texts[path] = text;
            return new CedarSource(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException("VP1505", $"`{path}` cannot be read: {e.Message}", "Check the path and its permissions.", ExitCodes.Problem);
        }
        catch (DecoderFallbackException)
        {
            throw new CliException("VP1505", $"`{path}` is not UTF-8.", "Save it as UTF-8.", ExitCodes.Problem);
        }
    }

    public void Add(IEnumerable<Problem> problems) => _problems.AddRange(problems);

    public static bool IsJson(string path) => path.EndsWith(JsonEnding, StringComparison.OrdinalIgnoreCase);

    private PolicySet? Note(PolicyParseResult parsed)
    {
        _problems.AddRange(parsed.Problems);
        return parsed.Policies;
    }

    /// <summary>Whether a JSON text is of a whole set; what is no JSON at all is reported by the reader of policies.</summary>
    private static bool IsSet(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = CedarLimits.PolicyJsonNestingMax });
            return document.RootElement.ValueKind == JsonValueKind.Object && !document.RootElement.TryGetProperty("effect", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
