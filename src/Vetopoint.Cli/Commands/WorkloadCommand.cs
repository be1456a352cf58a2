using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vetopoint.Cli.Workloads;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint workload</c></summary>
internal static class WorkloadCommand
{
    /// <summary>Base64 is to be read as it is, not with its plus signs escaped.</summary>
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TaughtCommand Create() => new(
        "workload",
        "Keys of workloads that prove by them which agent they are.",
        "vetopoint workload key laptop --agent deploy-bot")
    {
        Key(),
    };

    private static TaughtCommand Key()
    {
        var name = new Argument<string>("name") { Description = "A name for the key, such as laptop" };
        var agent = new Option<string>("--agent") { Description = "The agent that whoever has the key is", HelpName = "AGENT", Required = true };
        var file = new Option<string?>("--file") { Description = "Where the private key goes (default: workloads/NAME.pem in the home)", HelpName = "FILE" };
        var command = new TaughtCommand(
            "key",
            "Makes a key for a workload and prints what the config needs. It counts once a person has activated that (`vetopoint policy activate`).",
            "vetopoint workload key laptop --agent deploy-bot",
            "vetopoint workload key build --agent ci --file /run/secrets/build.pem")
        {
            name, agent, file,
        };
        command.Does((run, _) =>
        {
            var path = run.Get(file) is { } given ? Path.GetFullPath(given) : Path.Combine(run.Home.Root, "workloads", PlainName(run.Get(name)) + ".pem");
            if (run.Get(file) is null)
                Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var key = WorkloadKey.Create(path);
            if (run.Screen.Json)
                run.Screen.WriteJson(new WorkloadKeyReport(run.Get(name), run.Get(agent)!, path, key.PublicKey), CliJson.Default.WorkloadKeyReport);
            else
                Show(run, path, key);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;

        void Show(Invocation run, string path, WorkloadKey key)
        {
            var member = new JsonObject { [run.Get(name)] = new JsonObject { ["agent"] = run.Get(agent), ["publicKey"] = key.PublicKey } };
            run.Screen.Line($"The private key is in {path}. It stays there; whoever reads that file is the agent.");
            run.Screen.Line("Put this into the config, and activate it:");
            run.Screen.Line();
            run.Screen.Text(new JsonObject { ["identity"] = new JsonObject { ["keys"] = member } }.ToJsonString(Readable) + "\n");
        }
    }

    /// <summary>A name that is a file's name and nothing more.</summary>
    private static string PlainName(string name) =>
        name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? name
            : throw new CliException("VP7126", $"A key cannot be called `{name}` without `--file`.", "Use up to 64 letters, digits, `-` and `_`, or say where it goes.", ExitCodes.Usage);
}

/// <summary>The <c>--json</c> shape of <c>workload key</c>.</summary>
internal sealed record WorkloadKeyReport(string Name, string Agent, string File, string PublicKey);
