using Vetopoint.Api.Messages;
using Vetopoint.Ledger.Entries;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>What the record says of attempts.</summary>
internal static class AttemptEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts)
    {
        routes.MapGet("/v1/attempts/{attempt}", async context => await ApiPipeline.AnswerAsync(
            context, await ExplainAsync(context, parts), ApiJson.Default.AttemptView));
        routes.MapGet("/v1/observe/report", async context => await ApiPipeline.AnswerAsync(
            context, await ReportAsync(parts, context.RequestAborted), ApiJson.Default.ObserveReport));
    }

    private static async Task<AttemptView> ExplainAsync(HttpContext context, EngineParts parts)
    {
        var attempt = HoldEndpoints.AttemptOf(context);
        var name = attempt.ToString();
        JudgementView? judgement = null;
        Intent? intent = null;
        OutcomeView? outcome = null;
        ResolutionView? resolution = null;
        var agent = "";
        await foreach (var entry in parts.Ledger.ReadTaskAsync(attempt.Task.ToString(), 1, context.RequestAborted))
        {
            switch (entry.Body)
            {
                case TaskOpened opened:
                    agent = opened.Agent;
                    break;
                case Intent found when found.Attempt == name:
                    intent = found;
                    judgement = Views.Of(found, entry.Time, agent);
                    break;
                case Outcome found when found.Attempt == name:
                    outcome = Views.Of(found, entry.Time);
                    break;
                case HoldResolved found when found.Attempt == name:
                    resolution = Views.Of(found, entry.Time);
                    break;
            }
        }

        if (intent is null || judgement is null)
            throw ApiRefusalException.NotFound("attempt", name);
        var explanation = await parts.Explainer.ExplainAsync(attempt, context.RequestAborted);
        return new AttemptView
        {
            Judgement = judgement,
            PolicySet = intent.PolicySet,
            Reader = intent.Reader,
            Tool = intent.Tool,
            Reviewed = explanation?.Reviewed,
            Suspicion = explanation?.Suspicion,
            Assurance = intent.Assurance,
            Uses = intent.Uses,
            DecidedBy = explanation is null ? [] : [.. explanation.DecidedBy.Select(PolicyEndpoints.Of)],
            WouldChange = explanation?.WouldChange ?? [],
            Resolution = resolution,
            Outcome = outcome,
        };
    }

    private static async Task<ObserveReport> ReportAsync(EngineParts parts, CancellationToken cancellationToken)
    {
        var servers = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        await foreach (var entry in parts.Ledger.ReadKindsAsync([EntryKinds.Intent], cancellationToken))
        {
            if (entry.Body is not Intent { Observed: true } intent)
                continue;
            if (!servers.TryGetValue(intent.Server, out var tally))
                servers[intent.Server] = tally = new Tally();
            tally.Add(intent, entry.Time);
        }

        return new ObserveReport([.. servers.Select(server => server.Value.ToView(
            server.Key, parts.Policies.IsObserved(server.Key) ? "observe" : "enforce"))]);
    }

    private sealed class Tally
    {
        private readonly Queue<JudgementView> _stopped = new();
        private long _allowed;
        private long _downgraded;
        private long _held;
        private long _denied;

        public void Add(Intent intent, DateTimeOffset time)
        {
            switch (intent.Verdict)
            {
                case "allow":
                    _allowed++;
                    return;
                case "downgrade":
                    _downgraded++;
                    break;
                case "hold":
                    _held++;
                    break;
                default:
                    _denied++;
                    break;
            }

            _stopped.Enqueue(Views.Of(intent, time, ""));
            if (_stopped.Count > ServerLimits.ReportedAttemptsMax)
                _stopped.Dequeue();
        }

        public ObservedServer ToView(string server, string mode) => new(
            server, mode, _allowed + _downgraded + _held + _denied, _allowed, _downgraded, _held, _denied,
            [.. _stopped.Reverse()]);
    }
}
