using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Testing.Cedar.Cases;
using Vetopoint.Testing.Cedar.Workloads;

namespace Vetopoint.Cedar.Tests.Evaluation;

/// <summary>Bytes per decision against <c>benchmarks/budgets.json</c>, on the workloads that <c>./bench cedar</c> times.</summary>
public sealed class AllocationTests
{
    /// <summary>Enough for what is remembered to be remembered, and for the counters of a first run to settle.</summary>
    private const int WarmUpRounds = 3;

    public static TheoryData<string> Workloads => [.. Cases().Select(test => test.Name)];

    [Theory]
    [MemberData(nameof(Workloads))]
    public void An_Allow_allocates_no_more_than_its_budget(string name)
    {
        var budget = (double)JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "benchmarks/budgets.json")))![$"{name}_allow_bytes"]!;
        var test = Cases().Single(candidate => candidate.Name == name);
        var compiled = CompiledPolicySet.Compile(test.ReadPolicies(), test.ReadSchema());
        var entities = test.ReadEntities();
        var allowed = test.ReadRequests().Where(request => Authorizer.Decide(compiled, request, entities).IsAllowed).ToImmutableArray();
        Assert.NotEmpty(allowed);

        for (var round = 0; round < WarmUpRounds; round++)
            Decide(compiled, allowed, entities);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decide(compiled, allowed, entities);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange((double)bytes / allowed.Length, 0, budget);
    }

    private static void Decide(CompiledPolicySet compiled, ImmutableArray<CedarRequest> requests, EntityStore entities)
    {
        foreach (var request in requests)
            Authorizer.Decide(compiled, request, entities);
    }

    private static ImmutableArray<CedarCase> Cases() =>
    [
        AgentPack.Make(10), AgentPack.Make(100), AgentPack.Make(1_000), AgentPack.Make(10_000),
        PaperWorkloads.GDrive(50), PaperWorkloads.GitHub(50), PaperWorkloads.TinyTodo(50),
    ];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Vetopoint.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("There is no Vetopoint.slnx above the test binaries.");
        return folder.FullName;
    }
}
