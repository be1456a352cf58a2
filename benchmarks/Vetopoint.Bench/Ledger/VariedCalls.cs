using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Bench.Ledger;

/// <summary>Calls as many agents make them: mostly reads of files of their own, seldom a deletion, more seldom a refusal.</summary>
internal static class VariedCalls
{
    public const int Agents = 40;
    public const int DeleteEvery = 500;
    public const int DenyEvery = 1_000;

    public static TaskOpened Opened(int writer) => SampleBodies.Opened() with
    {
        Agent = AgentOf(writer),
        Owner = string.Create(CultureInfo.InvariantCulture, $"person-{writer % 7}"),
        Server = "files",
    };

    public static string AgentOf(int writer) => string.Create(CultureInfo.InvariantCulture, $"agent-{writer % Agents}");

    /// <summary>The directory of one agent's files.</summary>
    public static string FolderOf(int writer) => $"/srv/data/{AgentOf(writer)}/";

    /// <param name="number">Of the call among all of its writer; it names the target, so that most are new.</param>
    public static (Entry Intent, Entry? Outcome) Next(TaskChain chain, int writer, int number)
    {
        var attempt = string.Create(CultureInfo.InvariantCulture, $"{chain.Task}.{chain.Sequence + 1}");
        var sample = SampleBodies.Allowed(attempt);
        var isDenied = number % DenyEvery == DenyEvery - 1;
        var deletes = number % DeleteEvery == 0;
        var target = new TargetEntry(
            "file", string.Create(CultureInfo.InvariantCulture, $"{FolderOf(writer)}{number % 9}/report-{number}.csv"), number % 3 == 0 ? "prod" : "staging", ["pii"]);
        var intent = chain.Next(sample with
        {
            Server = number % 10 == 0 ? "web" : "files",
            Name = deletes ? "delete_file" : "read_file",
            Verdict = isDenied ? "deny" : "allow",
            Operations = [sample.Operations[0] with { Effect = deletes ? "delete" : "read", Target = target, Destination = null }, sample.Operations[1]],
        });
        return (intent, isDenied ? null : chain.Next(new Outcome(attempt, "completed", 12, SampleBodies.Digest, null)));
    }
}
