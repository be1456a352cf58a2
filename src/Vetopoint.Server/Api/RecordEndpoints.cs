using System.Text;
using Vetopoint.Api.Messages;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>How far the record reaches.</summary>
internal static class RecordEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts) =>
        routes.MapGet("/v1/ledger/head", context => ApiPipeline.AnswerAsync(context, HeadOf(parts), ApiJson.Default.LedgerHeadView));

    public static LedgerHeadView HeadOf(EngineParts parts)
    {
        var head = parts.Ledger.Acknowledged;
        return new LedgerHeadView(
            head.Head.Position, Convert.ToHexStringLower(head.Head.Running.Span), head.Head.Time, Encoding.UTF8.GetString(head.Encode()));
    }
}
