using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Leases;
using Vetopoint.Outputs;
using Vetopoint.Outputs.Pumps;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>What the engine is and what weakens protection now.</summary>
internal static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts, EngineControls controls)
    {
        routes.MapGet("/v1/status", context => ApiPipeline.AnswerAsync(
            context, StatusOf(parts, controls), ApiJson.Default.EngineStatus));
        routes.MapGet("/v1/agents", context => ApiPipeline.AnswerAsync(
            context, new AgentList([.. parts.Keys.List().Select(agent => new AgentView(
                agent.Agent, agent.Owner, agent.Keys.Length, agent.EnrolledAt, agent.Quarantined))]), ApiJson.Default.AgentList));
        routes.MapPost("/v1/stop", async context =>
        {
            await ApiPipeline.AnswerAsync(context, new Done("The engine stops."), ApiJson.Default.Done);
            controls.Stop();
        });
    }

    private static EngineStatus StatusOf(EngineParts parts, EngineControls controls)
    {
        var config = parts.Config.Current;
        var problems = parts.Watch.Problems;
        var approvers = parts.Approvers.List();
        var servers = ServersOf(parts, config);
        return new EngineStatus
        {
            Version = parts.Version,
            Pid = Environment.ProcessId,
            StartedAt = parts.StartedAt,
            Home = parts.Home.Root,
            PolicySet = parts.Policies.Current.Digest,
            StagedPolicySet = problems.IsEmpty ? parts.Policies.Staged?.Digest : null,
            StagedProblems = problems.Length,
            ActivatesAutomatically = config.Policies.ActivateAutomatically,
            Approvers = [.. approvers.Select(approver => new ApproverView(approver.Name, approver.KeyId))],
            Servers = servers,
            Ledger = RecordEndpoints.HeadOf(parts),
            LiveTasks = parts.Tasks.LiveCount,
            WaitingHolds = parts.Holds.List().Count,
            AllocatedBytes = GC.GetTotalAllocatedBytes(),
            Http = controls.HttpAddress,
            Outputs = [.. StatesOf(controls).Select(state => new OutputView(state.Name, state.Position, state.Behind, state.BehindSince, state.Problem))],
            Telemetry = [.. SignalsOf(controls)],
            Witnesses = [.. WitnessesOf(controls)],
            Warnings = WarningsOf(config, approvers.Count, servers, controls, parts),
        };
    }

    private static ImmutableArray<ServerView> ServersOf(EngineParts parts, EngineSettings config)
    {
        var tools = parts.Tools.List().CountBy(pin => pin.Server).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. config.McpServers.Keys.Union(config.Servers.Keys, StringComparer.Ordinal).Union(tools.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(name => new ServerView(
                    name,
                    config.McpServers.GetValueOrDefault(name) switch
                    {
                        StdioUpstream => "stdio",
                        HttpUpstream { Sse: true } => "sse",
                        HttpUpstream => "http",
                        _ => "wrap",
                    },
                    config.Servers.GetValueOrDefault(name)?.Environment,
                    parts.Policies.IsObserved(name) ? "observe" : "enforce",
                    tools.GetValueOrDefault(name))),
        ];
    }

    private static bool SameListeners(EngineSettings started, EngineSettings config) =>
        Equals(started.Listen.Http, config.Listen.Http) && Equals(started.Listen.Log, config.Listen.Log)
        && started.Listen.Hosts.AsSpan().SequenceEqual(config.Listen.Hosts.AsSpan())
        && started.Listen.Origins.AsSpan().SequenceEqual(config.Listen.Origins.AsSpan())
        && started.Limits == config.Limits
        && started.Holds.Wait == config.Holds.Wait
        && SameOutputs(started.Outputs, config.Outputs)
        && SameTelemetry(started.Telemetry, config.Telemetry)
        && started.Witnesses.Count == config.Witnesses.Count
        && started.Witnesses.All(witness => config.Witnesses.GetValueOrDefault(witness.Key) == witness.Value);

    private static bool SameOutputs(FrozenDictionary<string, OutputSettings> started, FrozenDictionary<string, OutputSettings> config) =>
        started.Count == config.Count && started.All(output => (output.Value, config.GetValueOrDefault(output.Key)) switch
        {
            (HttpOutput left, HttpOutput right) => left.Url == right.Url && left.AsArray == right.AsArray && left.Headers.Count == right.Headers.Count
                && left.Headers.All(header => right.Headers.GetValueOrDefault(header.Key) == header.Value),
            var (left, right) => left == right,
        });

    private static bool SameTelemetry(TelemetrySettings? started, TelemetrySettings? config) =>
        started is null || config is null
            ? started == config
            : started with { Headers = config.Headers } == config && started.Headers.Count == config.Headers.Count
                && started.Headers.All(header => config.Headers.GetValueOrDefault(header.Key) == header.Value);

    private static IEnumerable<TelemetryView> SignalsOf(EngineControls controls) => controls.Telemetry?.Signals ?? [];

    private static IEnumerable<WitnessView> WitnessesOf(EngineControls controls) => controls.Witnesses?.States ?? [];

    private static IEnumerable<OutputState> StatesOf(EngineControls controls) => controls.Outputs?.States ?? [];

    private static ImmutableArray<string> WarningsOf(
        EngineSettings config, int approvers, ImmutableArray<ServerView> servers, EngineControls controls, EngineParts parts)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (controls.HttpProblem is { } problem)
            warnings.Add(problem.ToString());
        if (controls.Started is { } started && !SameListeners(started, config))
        {
            warnings.Add("`listen`, `limits`, `outputs`, `telemetry`, `witnesses` or `holds.wait` of the active config are not in force yet: they count from the next start. "
                + "`vetopoint stop`, then `vetopoint serve`.");
        }

        if (controls.LogProblem is { } unreachable)
            warnings.Add(unreachable.ToString());
        if (parts.Log.Problem is { } logProblem)
            warnings.Add($"The record's log is behind the record: {logProblem}");

        if (config.Policies.ActivateAutomatically)
        {
            warnings.Add("Edited policies activate themselves (`policies.activation` is `automatic`), so an agent with a shell can "
                + "rewrite its own rules. Set it to `confirm` outside development.");
        }

        foreach (var server in servers.Where(server => server.Mode == "observe"))
        {
            warnings.Add($"The server `{server.Name}` is only observed: verdicts are recorded, not enforced. "
                + $"`vetopoint observe off {server.Name}` enforces.");
        }

        foreach (var output in StatesOf(controls).Where(output => parts.Time.GetUtcNow() - output.BehindSince > OutputLimits.BehindReportedAfter))
            warnings.Add($"The output `{output.Name}` is {output.Behind} entries behind since {output.BehindSince:u}. {output.Problem}".TrimEnd());
        foreach (var signal in SignalsOf(controls).Where(signal => parts.Time.GetUtcNow() - signal.FailingSince > ServerLimits.TelemetryFailureReportedAfter))
            warnings.Add($"The export of {signal.Signal} fails since {signal.FailingSince:u}; {signal.Lost} are lost. {signal.Problem}".TrimEnd());
        foreach (var lease in parts.Leases.List().Where(lease => lease.State == LeaseState.Stuck))
            warnings.Add($"The lease `{lease.Id}` of `{lease.Name}` for `{lease.Agent}` cannot be revoked since {lease.Since:u}. {lease.Problem} See `vetopoint leases --stuck`.");
        foreach (var witness in WitnessesOf(controls).Where(witness => witness.Problem is not null))
            warnings.Add($"The witness `{witness.Name}` is {witness.Behind} entries behind since {witness.BehindSince:u}. {witness.Problem}");
        if (approvers == 0)
            warnings.Add("No approver is enrolled, so nothing that is held can be approved. Run `vetopoint init`.");
        if (config.Owner.Length == 0)
            warnings.Add("The config names no `owner`, so nobody answers for tasks of unknown agents.");
        return warnings.ToImmutable();
    }
}
