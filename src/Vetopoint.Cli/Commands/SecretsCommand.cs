using System.CommandLine;
using System.Text;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint secrets</c></summary>
internal static class SecretsCommand
{
    private const int SecretBytesMax = 64 * 1024;

    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "secrets",
            "Lists the secrets that leases use, by name. They are kept encrypted, given to brokers and servers, and never shown again.",
            "vetopoint secrets",
            "vetopoint secrets set pg-admin",
            "vetopoint secrets set github-key < app.private-key.pem",
            "vetopoint secrets remove pg-admin")
        {
            Set(), Remove(),
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var list = await engine.SecretsAsync(cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(list, ApiJson.Default.SecretList);
            else if (list.Secrets.IsEmpty)
                run.Screen.Line("No secret is kept. `vetopoint secrets set NAME` puts one in.");
            else
                run.Screen.Table(["secret"], list.Secrets.Select(static secret => (IReadOnlyList<string>)[secret]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Set()
    {
        var name = new Argument<string>("name") { Description = "Its name in the config, as in ${secret:NAME}" };
        var command = new TaughtCommand(
            "set", "Puts a secret in, or another in its place: typed on the terminal without echo, or read from standard input (one line break at its end is left out).",
            "vetopoint secrets set pg-admin", "pass show pg-admin | vetopoint secrets set pg-admin")
        {
            name,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var value = Console.IsInputRedirected ? await PipedAsync(cancellationToken) : Typed();
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.SetSecretAsync(run.Get(name), value, cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Remove()
    {
        var name = new Argument<string>("name") { Description = "The secret's name" };
        var command = new TaughtCommand("remove", "Forgets a secret. Leases that need it are refused from then on.", "vetopoint secrets remove pg-admin")
        {
            name,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.RemoveSecretAsync(run.Get(name), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Typed()
    {
        using var terminal = ControllingTerminal.Open();
        return terminal.ReadHidden("Secret: ") is { Length: > 0 } typed
            ? new string(typed)
            : throw new CliException("VP1470", "Nothing was typed, so nothing was changed.", "", ExitCodes.Usage);
    }

    private static async Task<string> PipedAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        var bytes = new byte[SecretBytesMax + 2];
        var length = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        return text.Length switch
        {
            0 => throw new CliException("VP1470", "Nothing came in, so nothing was changed.", "Type the secret on a terminal, or pipe it in.", ExitCodes.Usage),
            _ when Encoding.UTF8.GetByteCount(text) > SecretBytesMax =>
                throw new CliException("VP1471", $"The secret has more than {SecretBytesMax} bytes.", "Give one that is shorter.", ExitCodes.Usage),
            _ => text,
        };
    }
}
