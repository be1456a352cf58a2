using System.Text.Json.Nodes;

namespace Vetopoint.Bench.Results;

/// <summary>What a run measured, and the two ways to write it down.</summary>
internal interface IFigures
{
    JsonObject ToJson();

    string ToMarkdown(DateTimeOffset date, string machine);
}
