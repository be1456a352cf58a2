using Vetopoint.Api.Client;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint identity</c></summary>
internal static class IdentityCommand
{
    public static TaughtCommand Create() => new("identity", "The keys that task tokens are signed with.", "vetopoint identity rotate") { Rotate() };

    private static TaughtCommand Rotate()
    {
        var command = new TaughtCommand(
            "rotate",
            "Makes a new signing key. Tokens signed with the one before stay good until they expire. Needs no passphrase: nobody can do more by it.",
            "vetopoint identity rotate");
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.RotateIdentityAsync(cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }
}
