using System.Text;
using Vetopoint.Api.Messages;
using Vetopoint.Readers.Mcp.Tools;

namespace Vetopoint.Cli.Approvals;

/// <summary>A tool's definition as its server offers it now: what a person would accept.</summary>
internal sealed class OfferedDefinition
{
    /// <exception cref="CliException">The definition shown is not the one that its digest names.</exception>
    public OfferedDefinition(ToolView view, ToolDiff diff)
    {
        (View, Diff) = (view, diff);
        (Definition, Digest) = diff is { Offered: { } offered, OfferedDigest: { } digest } ? (offered, digest) : (diff.Definition, diff.Digest);
        if (!ToolDefinition.TryParse(Encoding.UTF8.GetBytes(Definition), out var tool, out _) || tool.Digest != Digest || tool.Name != view.Tool)
        {
            throw new CliException(
                "VP1409", $"The definition of `{view.Tool}` is not the one that its digest names. Nothing was signed.",
                "`vetopoint doctor` and `vetopoint ledger verify` look into it; then let the client list the tools again.", ExitCodes.NoProof);
        }
    }

    public ToolView View { get; }

    public ToolDiff Diff { get; }

    /// <summary>The canonical JSON that is accepted.</summary>
    public string Definition { get; }

    /// <summary>Of <see cref="Definition"/>: what is signed must say this.</summary>
    public string Digest { get; }
}
