using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Acts;

/// <summary>An operator's act as an operation on Vetopoint itself: <c>change_policy</c>, judged by the active policies like any other.</summary>
internal static class EngineOperation
{
    private const string Gate = "engine";
    private const string ReaderVersion = "engine";
    private const string OperatorPrefix = "operator:";

    private static Mandate Everything { get; } = new(
        [Mandate.Any], [Mandate.Any], [Mandate.Any], long.MaxValue, long.MaxValue, long.MaxValue, DateTimeOffset.MaxValue);

    /// <summary>Whether a set would let a person activate another one. One that would not could never be corrected.</summary>
    public static bool CanBeReplaced(PolicySetSnapshot set, DateTimeOffset now) =>
        Ask(set, "activate", "policy set", "anyone", now).IsPermitted;

    /// <summary>Judges an act at the rung of one person.</summary>
    /// <param name="set">The active set.</param>
    /// <param name="act">The act's name.</param>
    /// <param name="subject">What it is about, such as <c>server files</c>.</param>
    /// <param name="approver">Who proved it.</param>
    /// <param name="now">The time.</param>
    /// <param name="attempt">The intent's place.</param>
    public static (bool Permitted, Intent Intent) Judge(
        PolicySetSnapshot set, string act, string subject, string approver, DateTimeOffset now, AttemptId attempt)
    {
        var answer = Ask(set, act, subject, approver, now);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{act}\n{subject}")));
        return (answer.IsPermitted, new Intent
        {
            Attempt = attempt.ToString(),
            Gate = Gate,
            Server = Contract.EngineServer,
            Method = act,
            Name = subject,
            Direction = Direction.ToServer.ToName(),
            RequestDigest = digest,
            ActionDigest = digest,
            FormDigest = digest,
            Verdict = (answer.IsPermitted ? Verdict.Allow : Verdict.Deny).ToName(),
            Form = FormKind.Full.ToName(),
            Assurance = Contract.RungOfOnePerson,
            PolicySet = set.Digest,
            Reader = ReaderVersion,
            Policies = [.. answer.Policies],
            Reasons = [.. answer.Reasons],
            Operations = [Operation(subject).Entry],
        });
    }

    private static FormAnswer Ask(PolicySetSnapshot set, string act, string subject, string approver, DateTimeOffset now)
    {
        var operation = Operation(subject);
        var form = new FormFacts
        {
            Kind = FormKind.Full,
            Name = FormKind.Full.ToName(),
            Change = "",
            Operations = [operation],
            Bytes = default,
            Digest = default,
            Entries = [operation.Entry],
            Objects = 1,
            Sensitive = 0,
        };
        var facts = new AttemptFacts
        {
            Gate = Gate,
            Server = Contract.EngineServer,
            Method = act,
            Name = subject,
            ToolName = null,
            Direction = Direction.ToServer,
            RequestDigest = default,
            ActionDigest = default,
            Forms = [form],
            Input = CedarRecord.Empty,
            InputUnderstood = true,
            Reviewed = true,
            Suspicion = null,
            Reader = ReaderVersion,
            Tool = null,
            PolicySet = set,
            PolicyEpoch = 0,
            AssuranceCeiling = Contract.RungOfOnePerson,
            Observed = false,
        };
        var view = new TaskView
        {
            Id = TaskId.Engine.ToString(),
            Agent = OperatorPrefix + approver,
            Owner = approver,
            Trust = "trusted",
            Purpose = act,
            Credential = Credential.Operator,
            Mandate = Everything,
            Calls = 0,
            Objects = 0,
            Sensitive = 0,
            Bytes = 0,
            Labels = CedarSet.Empty,
            Now = now,
        };
        return new FormQuestion(facts, view).Ask(form, Contract.RungOfOnePerson);
    }

    private static OperationFacts Operation(string subject) => OperationFacts.Of(
        new Operation
        {
            Effect = Effect.ChangePolicy,
            Target = new Target("vetopoint", subject, Contract.EngineEnvironment, []),
            BlastRadius = new BlastRadius(1, null, null, 1, Reversibility.Full, Knowledge.Measured),
            Understood = true,
            Evidence = [new Evidence(EvidenceSource.OperatorMapping, "The engine itself does it.")],
        },
        Contract.EngineServer, tool: null, ImmutableArray.Create(Contract.EngineEnvironment));
}
