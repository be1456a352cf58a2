using System.Collections.Immutable;
using System.Security.Cryptography;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Decisions;

/// <summary>Turns an attempt into facts, outside the turn of its task: digests, entities, the input as policies see it.</summary>
internal sealed class AttemptPreparation(ActivePolicySet policies, ToolPins pins, ControlOptions options)
{
    public AttemptFacts Prepare(Attempt attempt)
    {
        // The epoch is read first: if the set changes in between, the permit that comes of this is void.
        var epoch = policies.Epoch;
        var set = policies.Current;
        var reading = attempt.Reading;
        if (reading.Forms.Length > ControlLimits.FormsMax)
            throw new AttemptTooLargeException($"The call has more than {ControlLimits.FormsMax} forms.");

        var tool = reading.Input?.Tool;
        var pin = tool is null ? null : pins.Find(attempt.Server, tool);
        var suspicion = reading.Suspicion ?? (tool is null ? null : pins.SuspicionOf(attempt.Server, tool));
        var (input, understood) = reading.Input is { } given ? pins.Map(given) : (CedarRecord.Empty, true);
        var requestDigest = SHA256.HashData(attempt.Bytes.Span);
        var forms = ImmutableArray.CreateBuilder<FormFacts>(reading.Forms.Length);
        foreach (var form in reading.Forms)
        {
            if (form.Operations.Length > ControlLimits.OperationsMax)
                throw new AttemptTooLargeException($"The call has more than {ControlLimits.OperationsMax} operations. Split it.");
            var digest = form.Bytes.Equals(attempt.Bytes) ? requestDigest : SHA256.HashData(form.Bytes.Span);
            forms.Add(FormFacts.Of(form, digest, attempt.Server, tool, Delegation.EnvironmentsOf(attempt, set.Settings), understood));
        }

        return new AttemptFacts
        {
            Gate = attempt.Gate,
            Server = attempt.Server,
            Method = attempt.Method,
            Name = attempt.Name,
            ToolName = tool,
            Direction = attempt.Direction,
            RequestDigest = requestDigest,
            ActionDigest = attempt.ActionDigest,
            Payload = set.Settings.Payloads == RecordedPayloads.None ? null : PayloadText.Of(attempt.Bytes.Span),
            Forms = forms.MoveToImmutable(),
            Input = input,
            InputUnderstood = understood,
            Reviewed = reading.Reviewed && pin is { Reviewed: true },
            Suspicion = suspicion,
            Reader = attempt.ReaderVersion,
            Tool = ToolState.Of(attempt.ToolDefinition, pin, suspicion),
            PolicySet = set,
            PolicyEpoch = epoch,
            AssuranceCeiling = options.AssuranceCeiling,
            Observed = policies.IsObserved(attempt.Server),
        };
    }
}

/// <summary>An attempt is beyond what can be judged.</summary>
internal sealed class AttemptTooLargeException(string message) : Exception(message);
