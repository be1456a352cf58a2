using System.Threading.Channels;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;

namespace Vetopoint.Samples.Session.Playing;

/// <summary>Follows the engine's live judgements, as a console would.</summary>
internal sealed class JudgementListener : IAsyncDisposable
{
    private static readonly TimeSpan JudgementMax = TimeSpan.FromSeconds(20);

    private readonly EngineClient _engine;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<JudgementView> _judgements = Channel.CreateBounded<JudgementView>(256);
    private readonly Task _listening;

    public JudgementListener(string home)
    {
        _engine = new EngineClient(new HomeDirectory(home));
        _listening = ListenAsync();
    }

    /// <summary>True once any event has come: what happens from then on is seen.</summary>
    public bool Hears { get; private set; }

    /// <summary>The next judgement of a call of this tool.</summary>
    /// <exception cref="TimeoutException">None came.</exception>
    public async Task<JudgementView> NextAsync(string tool, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(JudgementMax);
        try
        {
            await foreach (var judgement in _judgements.Reader.ReadAllAsync(limit.Token))
            {
                if (judgement.Method == "tools/call" && judgement.Name == tool)
                    return judgement;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No judgement of `{tool}` was seen within {JudgementMax.TotalSeconds:0} s.");
        }

        throw new InvalidOperationException("The engine ended.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening.WaitAsync(JudgementMax);
        _engine.Dispose();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        Exception? end = null;
        try
        {
            await foreach (var happened in _engine.EventsAsync(_stop.Token))
            {
                Hears = true;
                if (happened.Judgement is { } judgement)
                    await _judgements.Writer.WriteAsync(judgement, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The demo is over.
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or EngineUnreachableException)
        {
            end = fault;
        }

        _judgements.Writer.TryComplete(end);
    }
}
