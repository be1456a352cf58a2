using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Vetopoint.Testing.Cedar.Cases;

/// <summary><c>@cedar-policy/cedar-wasm</c> in a Node process of its own, asked case by case.</summary>
public sealed class ReferenceEngine : IDisposable
{
    private readonly Process _process;

    private ReferenceEngine(Process process) => _process = process;

    /// <summary>Whether the package is installed under <c>tests/node</c>, as <c>./test</c> does it.</summary>
    public static bool IsInstalled(string root) => Directory.Exists(Path.Combine(root, "tests/node/node_modules/@cedar-policy/cedar-wasm"));

    public static ReferenceEngine Start(string root)
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };

        // Node 20 aborts ("unreachable code" in its deoptimizer) after some thousand calls that it inlined.
        start.ArgumentList.Add("--no-turbo-inline-js-wasm-calls");
        start.ArgumentList.Add(Path.Combine(root, "tests/node/cedar-wasm.mjs"));
        start.ArgumentList.Add("answer");
        return new ReferenceEngine(Process.Start(start) ?? throw new InvalidOperationException("`node` did not start."));
    }

    public JsonNode Answer(CedarCase test)
    {
        _process.StandardInput.WriteLine(test.ToJson().ToJsonString());
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The reference engine ended at {test.Name}.");
        return JsonNode.Parse(line)!;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
