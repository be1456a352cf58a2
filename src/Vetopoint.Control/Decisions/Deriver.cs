using System.Collections.Immutable;
using Vetopoint.Control.Policies;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Derives the verdict on an attempt from yes-or-no questions about pairs of a form and a rung of assurance:
/// 1. the full form at the assurance there is: Allow;
/// 2. a weaker form, in the reader's order, at the assurance there is: Downgrade;
/// 3. the lowest rung at which the full form, else a weaker form, would be permitted: Hold;
/// 4. else: Deny.
/// A policy set can say that 3 comes before 2.
/// </summary>
internal static class Deriver
{
    public static Derivation Derive(AttemptFacts attempt, in TaskView task, int assurance)
    {
        var question = new FormQuestion(attempt, task);

        // 1.
        var full = question.Ask(attempt.Full, assurance);
        if (full.IsPermitted)
            return new Derivation { Verdict = Verdict.Allow, Form = attempt.Full, Policies = [.. full.Policies] };

        var permitted = PermittedWeakerForm(attempt, question, assurance);
        switch (attempt.PolicySet.Settings.First)
        {
            case FirstResort.Downgrade when permitted is not null:
                return Downgraded(permitted, full);
            case FirstResort.Downgrade:
                return Held(attempt, question, full, assurance) ?? Denied(attempt, question, full, assurance);
            case FirstResort.Hold:
                return Held(attempt, question, full, assurance)
                    ?? (permitted is null ? Denied(attempt, question, full, assurance) : Downgraded(permitted, full));
            default:
                throw new InvalidOperationException("A policy set tries a weaker form first, or a person.");
        }
    }

    /// <summary>Whether a form that was approved is permitted now, at the rung the approval gives.</summary>
    public static Derivation? Approved(AttemptFacts attempt, in TaskView task, FormFacts form, int rung)
    {
        var answer = new FormQuestion(attempt, task).Ask(form, rung);
        if (!answer.IsPermitted)
            return null;
        return new Derivation
        {
            Verdict = ReferenceEquals(form, attempt.Full) ? Verdict.Allow : Verdict.Downgrade,
            Form = form,
            Policies = [.. answer.Policies],
        };
    }

    // 2.
    private static FormFacts? PermittedWeakerForm(AttemptFacts attempt, in FormQuestion question, int assurance)
    {
        foreach (var form in attempt.Forms.AsSpan()[1..])
        {
            if (question.Ask(form, assurance).IsPermitted)
                return form;
        }

        return null;
    }

    private static Derivation Downgraded(FormFacts form, FormAnswer full) => new()
    {
        Verdict = Verdict.Downgrade,
        Form = form,
        Code = full.Code,
        Policies = [.. full.Policies],
        Reasons = [.. full.Reasons],
    };

    // 3. Rungs first, forms second: the least that is asked of people. Assurance is monotone, so a form that is permitted at the
    // assurance there is needs no hold, and is not found here.
    private static Derivation? Held(AttemptFacts attempt, in FormQuestion question, FormAnswer full, int assurance)
    {
        for (var rung = assurance + 1; rung <= attempt.AssuranceCeiling; rung++)
        {
            foreach (var form in attempt.Forms)
            {
                if (ReferenceEquals(form, attempt.Full) && full.IsFinal)
                    continue;
                if (!question.Ask(form, rung).IsPermitted || question.Ask(form, assurance).IsPermitted)
                    continue;
                return new Derivation
                {
                    Verdict = Verdict.Hold,
                    Form = form,
                    Rung = rung,
                    Code = full.Code,
                    Policies = [.. full.Policies],
                    Reasons = [.. full.Reasons],
                    WouldAllow = WouldAllow.Of(attempt, question, assurance),
                };
            }
        }

        return null;
    }

    // 4.
    private static Derivation Denied(AttemptFacts attempt, in FormQuestion question, FormAnswer full, int assurance) => new()
    {
        Verdict = Verdict.Deny,
        Form = attempt.Full,
        Code = full.Code.Length == 0 ? ControlCodes.NotPermitted : full.Code,
        Policies = [.. full.Policies],
        Reasons = [.. full.Reasons],
        WouldAllow = full.IsFinal ? ImmutableArray<string>.Empty : [.. BeyondCeiling(attempt, question), .. WouldAllow.Of(attempt, question, assurance)],
    };

    /// <summary>Says what it would take, where that is more than anyone can give here.</summary>
    private static ImmutableArray<string> BeyondCeiling(AttemptFacts attempt, in FormQuestion question)
    {
        for (var rung = attempt.AssuranceCeiling + 1; rung <= Contract.RungMax; rung++)
        {
            if (question.Ask(attempt.Full, rung).IsPermitted)
                return [$"It would take {Contract.RungInWords(rung)}, which no one can give here yet."];
        }

        return [];
    }
}
