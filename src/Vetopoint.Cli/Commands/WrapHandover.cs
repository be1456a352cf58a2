using System.CommandLine;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint wrap</c>: hands over to the shim, which starts in a few milliseconds and does it all.</summary>
internal static class WrapHandover
{
    public static TaughtCommand Create(IReadOnlyList<string> args)
    {
        var words = new Argument<string[]>("words") { Description = "[--name NAME] -- COMMAND [ARGUMENT...], or --server NAME", Arity = ArgumentArity.ZeroOrMore };
        var command = new TaughtCommand(
            "wrap",
            "Puts Vetopoint in front of one MCP server: write it before the server's command in a client's config. Speaks MCP on standard "
            + "input and output, and starts the engine if none runs.",
            "vetopoint wrap -- npx -y @modelcontextprotocol/server-filesystem ~/project",
            "vetopoint wrap --name ops -- ./ops-server --database ops.db",
            "vetopoint wrap --server crm")
        {
            words,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.Does((_, _) => Task.FromResult(Execute.Replace("vetopoint-shim", args)));
        return command;
    }
}
