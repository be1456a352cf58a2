using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tasks;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Engines;

/// <summary>Attempts as a gate makes them.</summary>
internal static class Calls
{
    public static Attempt Call(
        this TaskHandle task, ImmutableArray<Form> forms, string tool = "do_it", string arguments = "{}", string server = "ops",
        string? suspicion = null, string reader = "1", string? definition = null, int requestId = 1) => new()
        {
            Task = task.Id,
            Gate = "mcp",
            Server = server,
            Method = "tools/call",
            Name = tool,
            Bytes = Message(tool, arguments, requestId),
            Reading = Reading.Of(forms, new JsonInput(server, tool, Encoding.UTF8.GetBytes(arguments))) with { Suspicion = suspicion },
            ReaderVersion = reader,
            ToolDefinition = definition,
            ActionDigest = SHA256.HashData(Encoding.UTF8.GetBytes($"{server}\ntools/call\n{tool}\n{arguments}")),
        };

    /// <summary>A call with one operation in its full form.</summary>
    public static Attempt Call(this TaskHandle task, Operation operation, string arguments = "{}", string? suspicion = null) =>
        task.Call([Full(operation)], arguments: arguments, suspicion: suspicion);

    public static Form Full(params ImmutableArray<Operation> operations) =>
        new(FormKind.Full, operations, Message("do_it", "{}", 1), "");

    public static Form Weaker(FormKind kind, params ImmutableArray<Operation> operations) =>
        new(kind, operations, Encoding.UTF8.GetBytes($"weaker {kind}"), $"only the {kind} form ran");

    public static Operation Operation(
        Effect effect, string? environment = "staging", long? objects = 1, string name = "things", string kind = "table",
        bool understood = true, EvidenceSource source = EvidenceSource.OperatorMapping, params ImmutableArray<string> sensitivity) => new()
        {
            Effect = effect,
            Target = new Target(kind, name, environment, sensitivity.IsDefault ? [] : sensitivity),
            BlastRadius = new BlastRadius(objects, null, null, 1, Reversibility.None, objects is null ? Knowledge.Unknown : Knowledge.Declared),
            Understood = understood,
            Evidence = [new Evidence(source, "a test says so")],
        };

    public static Operation Read(string? environment = "staging", EvidenceSource source = EvidenceSource.OperatorMapping) =>
        Operation(Effect.Read, environment, source: source);

    private static byte[] Message(string tool, string arguments, int id) => Encoding.UTF8.GetBytes(
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""");
}
