using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <content>The list of tools that the gate fetches itself, before a call to a tool that was never listed is judged.</content>
internal sealed partial class McpSession
{
    private readonly ListedOnce _listed = new();

    private Task ListedAsync(Call call, McpMessage request) =>
        request.Method == "tools/call" && request.NameText is { } tool && !_checkpoint.Reader.IsPinned(tool)
            ? _listed.WaitAsync(() => ListAsync(request), call.GivenUp)
            : Task.CompletedTask;

    /// <summary>Takes the whole list. What goes wrong on the way leaves the tool unknown, and its calls are judged as such.</summary>
    private async Task<bool> ListAsync(McpMessage request)
    {
        using var limit = new CancellationTokenSource(McpGateLimits.OwnListMax, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Closing);
        ReadOnlyMemory<byte> page = default;
        for (var i = 0; i < McpGateLimits.OwnListPagesMax; i++)
        {
            using var own = new Call(OwnList.Request(request, page), Interlocked.Increment(ref _began), either.Token) { IsOwn = true };
            if (!_calls.TryAdd(own.Request.IdKey!, own))
                break;
            try
            {
                page = OwnList.NextPage(await AnsweredAsync(own));
            }
            finally
            {
                _calls.TryRemove(own.Request.IdKey!, out _);
            }

            if (page.IsEmpty)
                break;
        }

        return true;
    }
}
