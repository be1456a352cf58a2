using Microsoft.Extensions.DependencyInjection;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control;

/// <summary>Puts this project into a silo's services.</summary>
public static class ControlRegistration
{
    /// <summary>
    /// Adds the decision point and all it needs. The host gives an <c>ILedger</c>, its <c>IPayloads</c>, <c>ITaskKeys</c> and an Orleans silo, and
    /// calls <see cref="ControlStart.StartAsync"/> once the silo runs and before any gate listens.
    /// </summary>
    public static IServiceCollection AddVetopointControl(this IServiceCollection services, ControlOptions options)
    {
        services.AddSingleton(options);

        services.AddSingleton(given => new EngineChain(given.GetRequiredService<ILedger>(), options));
        services.AddSingleton(_ => new ContentStore(options));
        services.AddSingleton(given => new HeldCalls(
            given.GetRequiredService<ContentStore>(), given.GetRequiredService<ILedger>(), given.GetRequiredService<LiveTasks>(), options));
        services.AddSingleton(given => new LeaseDirectory(given.GetRequiredService<EngineChain>()));
        services.AddSingleton(given => new LeaseSecrets(given.GetRequiredService<EngineChain>(), options));
        var receipts = new SealedFolder(options.ReceiptsFolder);
        services.AddSingleton(given => new LeaseRevocations(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<LeaseDirectory>(), receipts, options));
        services.AddSingleton(given => new LeaseDesk(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<LeaseDirectory>(), given.GetRequiredService<LeaseRevocations>(),
            receipts, options));
        services.AddSingleton(_ => new LiveTasks());
        services.AddSingleton(_ => new JudgementFeed());
        services.AddSingleton(given => new AgentTrust(given.GetRequiredService<EngineChain>()));
        services.AddSingleton(given => new ApproverDirectory(given.GetRequiredService<EngineChain>()));
        services.AddSingleton(given => new ToolPins(given.GetRequiredService<EngineChain>(), given.GetRequiredService<ContentStore>()));
        services.AddSingleton(given => new PolicySetLoader(given.GetRequiredService<ToolPins>(), options));
        services.AddSingleton(given => new ActivePolicySet(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<ContentStore>(), given.GetRequiredService<PolicySetLoader>(),
            given.GetRequiredService<ApproverDirectory>()));
        services.AddSingleton(given => new HoldDirectory(
            given.GetRequiredService<IGrainFactory>(), given.GetRequiredService<HeldCalls>(), given.GetRequiredService<JudgementFeed>(), options));
        services.AddSingleton(given => new TaskDirectory(
            given.GetRequiredService<IGrainFactory>(), given.GetRequiredService<LiveTasks>(), given.GetRequiredService<AgentTrust>(),
            given.GetRequiredService<ActivePolicySet>(), given.GetRequiredService<ITaskKeys>(), options));
        services.AddSingleton(given => new Erasures(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<ITaskKeys>(), given.GetRequiredService<IPayloads>(),
            given.GetRequiredService<ILedger>(), given.GetRequiredService<HeldCalls>(), given.GetRequiredService<TaskDirectory>()));
        services.AddSingleton(given => new AgentKeys(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<TaskDirectory>(), given.GetRequiredService<AgentTrust>(), options));
        services.AddSingleton(given => new AttemptPreparation(
            given.GetRequiredService<ActivePolicySet>(), given.GetRequiredService<ToolPins>(), options));
        services.AddSingleton(given => new DecisionPoint(
            given.GetRequiredService<IGrainFactory>(), given.GetRequiredService<AttemptPreparation>(), given.GetRequiredService<LiveTasks>(),
            given.GetRequiredService<AgentTrust>(), given.GetRequiredService<ActivePolicySet>(), given.GetRequiredService<HoldDirectory>(),
            given.GetRequiredService<HeldCalls>(), given.GetRequiredService<JudgementFeed>(), options));
        services.AddSingleton(given => new TaskCredentials(given.GetRequiredService<TaskDirectory>(), given.GetRequiredService<AgentTrust>()));
        services.AddSingleton(given => new TaskDelegation(
            given.GetRequiredService<DecisionPoint>(), given.GetRequiredService<TaskDirectory>(), given.GetRequiredService<TaskCredentials>(),
            given.GetRequiredService<ActivePolicySet>(), given.GetRequiredService<AgentTrust>(), options));
        services.AddSingleton(given => new Explainer(
            given.GetRequiredService<ILedger>(), given.GetRequiredService<ActivePolicySet>(), given.GetRequiredService<PolicySetLoader>()));
        services.AddSingleton(given => new ActPreparation(
            given.GetRequiredService<ActivePolicySet>(), given.GetRequiredService<HoldDirectory>(), given.GetRequiredService<ToolPins>(),
            given.GetRequiredService<AgentKeys>(), given.GetRequiredService<AgentTrust>(), given.GetRequiredService<ApproverDirectory>(),
            given.GetRequiredService<Erasures>(), options));
        services.AddSingleton(given => new ActDesk(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<ApproverDirectory>(), given.GetRequiredService<ActivePolicySet>(),
            given.GetRequiredService<HoldDirectory>(), given.GetRequiredService<AgentKeys>(), given.GetRequiredService<TaskDirectory>(),
            given.GetRequiredService<TaskCredentials>(), given.GetRequiredService<LiveTasks>(), given.GetRequiredService<ActPreparation>(), given.GetRequiredService<Erasures>(), options));
        services.AddSingleton(given => new ControlStart(
            given.GetRequiredService<EngineChain>(), given.GetRequiredService<ToolPins>(), given.GetRequiredService<ActivePolicySet>(),
            given.GetRequiredService<AgentKeys>(), given.GetRequiredService<TaskCredentials>(), given.GetRequiredService<ILedger>(), given.GetRequiredService<IGrainFactory>(),
            given.GetRequiredService<HeldCalls>(), given.GetRequiredService<Erasures>(), given.GetRequiredService<LeaseRevocations>(), options));
        return services;
    }
}
