using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// How a task that creates another one is recorded: as an attempt in its own chain. The id of the task that is created is made of the
/// attempt's id, so that the chain alone says which tasks stand below, also after a crash between the two records.
/// </summary>
internal static class Delegation
{
    /// <summary>The gate of these attempts. No protocol's gate has this name.</summary>
    public const string Gate = "engine";

    public const string Method = "tasks/create";

    private const string Prefix = "vetopoint child task v1\n";

    /// <summary>Whether an intent creates a task.</summary>
    public static bool IsIn(Intent intent) => intent.Gate == Gate && intent.Method == Method;

    /// <summary>The task that an attempt creates.</summary>
    public static TaskId TaskOf(AttemptId attempt) => TaskId.Of(SHA256.HashData(Encoding.UTF8.GetBytes(Prefix + attempt)));

    /// <summary>The environments that an attempt can name: an operation on Vetopoint itself is in its own.</summary>
    public static ImmutableArray<string> EnvironmentsOf(Attempt attempt, PolicySettings settings) =>
        attempt.Gate == Gate ? [Contract.EngineEnvironment] : settings.Environments;
}
