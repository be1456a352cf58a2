using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>One request on its way through a session: judged, held, sent, answered.</summary>
internal sealed class Call : IDisposable
{
    private readonly TaskCompletionSource<McpMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _given;

    /// <param name="request">As the client sent it.</param>
    /// <param name="began">Calls are ordered by this: newest last.</param>
    public Call(McpMessage request, long began, CancellationToken cancellationToken)
    {
        Request = request;
        Began = began;
        _given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        GivenUp = _given.Token;
    }

    public McpMessage Request { get; }

    public long Began { get; }

    /// <summary>Cancelled when its sender does not want it any more, or left.</summary>
    public CancellationToken GivenUp { get; }

    /// <summary>What its client is reached by, where calls of one session have ways of their own.</summary>
    public object? Way { get; init; }

    /// <summary>What its transport said of it; null when nobody wants to know.</summary>
    public Carrier? Carrier { get; init; }

    /// <summary>True for a request that the gate makes itself: nobody waits for a person because of it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The exchange with the upstream; null until the request was permitted.</summary>
    public Exchange? Exchange { get; set; }

    /// <summary>True when its sender took it back, so that no answer is expected.</summary>
    public bool IsTakenBack { get; private set; }

    public Task<McpMessage> Answer => _answer.Task;

    public bool TryAnswer(McpMessage answer) => _answer.TrySetResult(answer);

    public void Fail(Exception fault) => _answer.TrySetException(fault);

    public void TakeBack()
    {
        IsTakenBack = true;
        GiveUp();
    }

    public void GiveUp()
    {
        try
        {
            _given.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at the same moment: there is nothing left to give up.
        }
    }

    public void Dispose()
    {
        _given.Dispose();

        // A failure nobody waits for any more is not an unobserved one.
        _ = _answer.Task.Exception;
    }
}
