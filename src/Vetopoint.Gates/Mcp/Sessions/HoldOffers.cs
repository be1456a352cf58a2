using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>
/// How a client hears of a hold: as a link where it can show one, first at once and on the retry after a wait; else, after the
/// wait, as an answer with the hold's id.
/// </summary>
internal static class HoldOffers
{
    /// <summary>True when the client is to get the link at once, in place of a wait.</summary>
    public static bool CanOfferLink(McpMessage request, McpGateOptions options, string? sessionRevision, bool sessionShowsLinks)
    {
        if (options.ApprovalUrl is null || HoldLinks.IsAnswerToUs(request))
            return false;
        if (Revisions.IsStateless(request.ProtocolVersionText ?? sessionRevision))
        {
            // A request in the middle of the server's own questions has no room for ours.
            return TakesInput(request) && HoldLinks.Offered(request.ClientCapabilities)
                && request.InputResponses.IsEmpty && request.Param("requestState").IsEmpty;
        }

        return sessionShowsLinks;
    }

    /// <summary>What the client is told of a request that did not go on.</summary>
    public static ReadOnlyMemory<byte> Answer(
        McpMessage request, Refusal refusal, Checkpoint checkpoint, McpGateOptions options, string? sessionRevision,
        bool sessionShowsLinks)
    {
        if (refusal.Hold is not { } hold || !refusal.IsFirstWait || !CanOfferLink(request, options, sessionRevision, sessionShowsLinks))
            return checkpoint.Answer(request, refusal, sessionRevision);

        var link = HoldLinks.For(options.ApprovalUrl!, hold);
        return Revisions.IsStateless(request.ProtocolVersionText ?? sessionRevision)
            ? Answers.LinkAsInput(request, refusal, link, HoldLinks.StateOf(hold))
            : Answers.LinkRequired(request, refusal, link);
    }

    private static bool TakesInput(McpMessage request) => request.Method is "tools/call" or "resources/read" or "prompts/get";
}
