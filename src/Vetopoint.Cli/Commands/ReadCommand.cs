using System.CommandLine;
using System.Text.Json;
using Vetopoint.Cli.Terminal;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint read</c></summary>
internal static class ReadCommand
{
    public static TaughtCommand Create() => new(
        "read",
        "Says what a reader makes of a call, without running it. Needs no engine and no set-up.",
        "echo '{\"server\":\"ops\",\"call\":{\"name\":\"delete_user\",\"arguments\":{\"id\":7}}}' | vetopoint read mcp")
    {
        Mcp(),
    };

    private static TaughtCommand Mcp()
    {
        var lines = new Option<bool>("--jsonl") { Description = "One call per line of standard input, one answer per line" };
        var command = new TaughtCommand(
            "mcp",
            "Says what an MCP call would do: its operations, their targets, and why. Reads one JSON object from standard input: `call` (a "
            + "message, or `name` and `arguments`), and where known `server`, `tool` (its definition), `mapping`, `reviewed`, `direction`. "
            + "Exit code 1 when a call could not be read.",
            "echo '{\"call\":{\"name\":\"query\",\"arguments\":{\"sql\":\"delete from users\"}}}' | vetopoint read mcp",
            "vetopoint read mcp --jsonl < calls.jsonl > readings.jsonl")
        {
            lines,
        };
        command.Does(async (run, cancellationToken) =>
            run.Get(lines) ? await LinesAsync(cancellationToken) : Answer(run.Screen, McpReadings.Explain(await Console.In.ReadToEndAsync(cancellationToken))));
        return command;
    }

    private static async Task<int> LinesAsync(CancellationToken cancellationToken)
    {
        var exitCode = ExitCodes.Done;
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var answer = McpReadings.Explain(line);
            if (IsProblem(answer))
                exitCode = ExitCodes.Problem;
            await Console.Out.WriteLineAsync(answer.AsMemory(), cancellationToken);
        }

        return exitCode;
    }

    private static int Answer(Screen screen, string answer)
    {
        if (screen.Json)
            screen.WriteJson(JsonElement.Parse(answer), CliJson.Default.JsonElement);
        else
            Show(screen, JsonElement.Parse(answer));
        return IsProblem(answer) ? ExitCodes.Problem : ExitCodes.Done;
    }

    private static bool IsProblem(string answer) => answer.StartsWith("{\"problem\"", StringComparison.Ordinal);

    private static void Show(Screen screen, JsonElement reading)
    {
        if (reading.TryGetProperty("problem", out var problem))
        {
            screen.Error($"{Text(problem, "code")}: {Text(problem, "message")} {Text(problem, "help")}");
            return;
        }

        screen.Line($"{Text(reading, "server")} {Text(reading, "method")} {Text(reading, "name")}: {(Flag(reading, "understood") ? "understood" : "NOT understood, so high-risk")}", "bold");
        if (Text(reading, "suspicion") is { Length: > 0 } suspicion)
            screen.Line($"Suspicious: {suspicion}", "yellow");
        Operations(screen, reading, "");
        foreach (var form in reading.GetProperty("forms").EnumerateArray())
        {
            screen.Line($"Weaker form {Text(form, "form")}: {Text(form, "change")}");
            Operations(screen, form, "  ");
        }
    }

    private static void Operations(Screen screen, JsonElement parent, string indentation)
    {
        foreach (var operation in parent.GetProperty("operations").EnumerateArray())
        {
            var to = operation.TryGetProperty("destination", out var destination) ? $" to {Target(destination)}" : "";
            screen.Line($"{indentation}  {Text(operation, "effect")} {Target(operation.GetProperty("target"))}{to}; reversible: {Text(operation, "reversible")}; how much: {Text(operation, "knowledge")}");
            foreach (var evidence in operation.GetProperty("evidence").EnumerateArray())
                screen.Line($"{indentation}    {Text(evidence, "source")}: {Text(evidence, "text")}");
        }
    }

    private static string Target(JsonElement target) =>
        $"{Text(target, "kind")} `{Text(target, "name")}` ({(Text(target, "environment") is { Length: > 0 } environment ? environment : "environment unknown, counts as prod")})";

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
}
