using System.Buffers.Text;
using System.CommandLine;
using System.Text.Json;
using Vetopoint.Api.Client;
using Vetopoint.Cli.Workloads;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint token</c></summary>
internal static class TokenCommand
{
    private const int TokenCharsMax = 64 * 1024;

    public static TaughtCommand Create() => new(
        "token",
        "Task tokens: gets one as a workload does, and shows what one says.",
        "vetopoint token get laptop --server crm --purpose \"tidy the contacts\"",
        "vetopoint token show eyJ0eXAi…")
    {
        Get(), ShowToken(),
    };

    private static TaughtCommand Get()
    {
        var name = new Argument<string>("name") { Description = "The key's name in the config (`identity.keys`)" };
        var file = new Option<string?>("--file") { Description = "The private key (default: workloads/NAME.pem in the home)", HelpName = "FILE" };
        var server = new Option<string?>("--server") { Description = "The server it is to be good at (default: every one that the mandate names)", HelpName = "SERVER" };
        var purpose = new Option<string?>("--purpose") { Description = "What the task is for (default: the config's)", HelpName = "TEXT" };
        var url = new Option<string?>("--url") { Description = "The engine as agents reach it (default: this home's)", HelpName = "URL" };
        var command = new TaughtCommand(
            "get",
            "Begins a task and prints a token for it. The token is bound to the same key: each call needs a proof made with it.",
            "vetopoint token get laptop --server crm",
            "vetopoint token get laptop --url https://vetopoint.example --json")
        {
            name, file, server, purpose, url,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var key = WorkloadKey.Open(run.Get(file) ?? Path.Combine(run.Home.Root, "workloads", run.Get(name) + ".pem"));
            var answer = await TokenRequest.SendAsync(
                key, run.Get(name), await AddressAsync(run, run.Get(url), cancellationToken), run.Get(server), run.Get(purpose), TimeProvider.System, cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(answer, CliJson.Default.JsonElement);
            else
                run.Screen.Text(answer.GetProperty("access_token").GetString() + "\n");
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand ShowToken()
    {
        var token = new Argument<string>("token") { Description = "The token; `-` reads it from standard input" };
        var command = new TaughtCommand(
            "show", "Prints what a token says. It checks nothing: anyone can write such a text.", "vetopoint token show eyJ0eXAi…", "vetopoint token get laptop | vetopoint token show -")
        {
            token,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var text = run.Get(token) == "-" ? await Console.In.ReadLineAsync(cancellationToken) ?? "" : run.Get(token);
            if (Claims(text.Trim()) is not { } claims)
                throw new CliException("VP7127", "This is not a token that can be read.", "A task token has three parts with dots between them.", ExitCodes.Problem);
            if (run.Screen.Json)
                run.Screen.WriteJson(claims, CliJson.Default.JsonElement);
            else
                run.Screen.Table(["claim", "says"], claims.EnumerateObject().Select(claim => (IReadOnlyList<string>)[claim.Name, Spoken(claim)]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<Uri> AddressAsync(Invocation run, string? url, CancellationToken cancellationToken)
    {
        if (url is not null)
        {
            return Uri.TryCreate(url, UriKind.Absolute, out var given) && given.Scheme is "http" or "https"
                ? given
                : throw new CliException("VP7128", $"`{url}` is not an HTTP address.", "", ExitCodes.Usage);
        }

        using var engine = new EngineClient(run.Home);
        return (await engine.StatusAsync(cancellationToken)).Http is { } address
            ? new Uri(address)
            : throw new CliException("VP7129", "The engine does not listen for agents over HTTP.", "Set `listen.http`, or name another engine with `--url`.", ExitCodes.Problem);
    }

    private static JsonElement? Claims(string token)
    {
        if (token.Length > TokenCharsMax || token.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(payload));
            return claims.ValueKind == JsonValueKind.Object ? claims : null;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Spoken(JsonProperty claim) => claim.Name is "iat" or "exp" or "nbf" && claim.Value.ValueKind == JsonValueKind.Number
        && claim.Value.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800
            ? Invocation.Time(DateTimeOffset.FromUnixTimeSeconds(seconds))
            : claim.Value.ValueKind == JsonValueKind.String ? claim.Value.GetString()! : claim.Value.GetRawText();
}
