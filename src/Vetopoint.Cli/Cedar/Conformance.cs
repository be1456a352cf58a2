using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Cedar;

namespace Vetopoint.Cli.Cedar;

/// <summary>Runs cases in the format of Cedar's integration tests.</summary>
internal static class Conformance
{
    private const int CaseBytesMax = 64 * 1024 * 1024;

    public static ConformanceReport Run(string root, CancellationToken cancellationToken)
    {
        var differences = ImmutableArray.CreateBuilder<string>();
        var (passed, failed, requests, judgements) = (0, 0, 0, 0);
        var options = new EnumerationOptions { RecurseSubdirectories = true };
        foreach (var path in Directory.EnumerateFiles(root, "*.json", options).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var document = Read(path);
            if (document is null || !ConformanceCase.IsCase(document.RootElement))
                continue;
            var test = new ConformanceCase(root, path, document.RootElement);
            List<string> found;
            try
            {
                found = test.Differences();
            }
            catch (Exception e) when (e is CliException or FormatException or JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
            {
                // A case that is not of the format is a failed one, and the next goes on.
                found = [$"the case cannot be run: {e.Message}"];
            }

            (passed, failed) = found.Count == 0 ? (passed + 1, failed) : (passed, failed + 1);
            (requests, judgements) = (requests + test.Requests, judgements + test.Judgements);
            var name = Path.GetRelativePath(root, path);
            differences.AddRange(found.Select(difference => $"{name}: {difference}"));
        }

        return new ConformanceReport(passed, failed, requests, judgements, differences.ToImmutable());
    }

    /// <summary>A file that is JSON and an object; null when it is neither, because then it is no case.</summary>
    private static JsonDocument? Read(string path)
    {
        if (path.EndsWith(".entities.json", StringComparison.Ordinal) || new FileInfo(path).Length > CaseBytesMax)
            return null;
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = CedarLimits.SchemaJsonNestingMax });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a run of cases found.</summary>
/// <param name="Requests">How many requests were decided.</param>
/// <param name="Judgements">How many verdicts of a validator were compared.</param>
/// <param name="Differences">Each begins with the case's file.</param>
internal sealed record ConformanceReport(int Passed, int Failed, int Requests, int Judgements, ImmutableArray<string> Differences);
