using CsCheck;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;
using Vetopoint.Cedar;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tests.Mandates;

public sealed class MandatePropertyTests
{
    private const int Iterations = 4_000;

    [Fact]
    public void The_direct_check_and_the_policies_of_a_mandate_agree()
    {
        var (covered, outside) = (0, 0);
        Gen.Select(MandateCases.Mandates, MandateCases.Operations).Sample(
            (mandate, operation) =>
            {
                var direct = MandateScope.Covers(mandate, operation) && mandate.AllowsServer("ops");
                Interlocked.Increment(ref direct ? ref covered : ref outside);
                return IsPermitted(mandate, operation) == direct;
            },
            iter: Iterations);
        Assert.True(covered > 10 && outside > 100, $"{covered} covered, {outside} outside");
    }

    [Fact]
    public void What_a_mandate_within_another_covers_is_covered_by_the_other()
    {
        var within = 0;
        Gen.Select(MandateCases.Mandates, MandateCases.Mandates, MandateCases.Operations).Sample(
            (narrow, wide, operation) =>
            {
                if (!MandateSubset.TooWide(narrow, wide).IsEmpty)
                    return true;
                Interlocked.Increment(ref within);
                return !(MandateScope.Covers(narrow, operation) && narrow.AllowsServer("ops"))
                    || (MandateScope.Covers(wide, operation) && wide.AllowsServer("ops"));
            },
            iter: 20 * Iterations);
        Assert.True(within > 20, $"{within} within");
    }

    /// <summary>Not only sound but exact: where the answer is no, there is something that shows it.</summary>
    [Fact]
    public void A_pattern_that_is_not_within_a_set_stands_for_something_that_the_set_does_not_cover()
    {
        var (yes, no) = (0, 0);
        Gen.Select(MandateCases.Resources, MandateCases.Resources).Sample(
            (narrow, wide) =>
            {
                foreach (var pattern in narrow)
                {
                    var (kind, name) = Witness(pattern);
                    var isWithin = ResourcePattern.AnyCoversPattern(wide, pattern);
                    Interlocked.Increment(ref isWithin ? ref yes : ref no);
                    if (ResourcePattern.Covers(pattern, kind, name) && ResourcePattern.AnyCovers(wide, kind, name) != isWithin)
                        return false;
                }

                return true;
            },
            iter: Iterations);
        Assert.True(yes > 100 && no > 100, $"{yes} within, {no} not");
    }

    [Fact]
    public void A_mandate_is_read_from_the_record_as_it_was_written() => MandateCases.Mandates.Sample(
        mandate =>
        {
            var opened = new TaskOpened("a", "o", "mcp", "ops", "", mandate.ToEntry(), ["a"]);
            var read = Entry.Decode(Entry.Seal("t-0123456789", 1, Entry.NoPrevious, MandateCases.Time, opened).Canonical);
            return Mandate.FromEntry(((TaskOpened)read.Body).Mandate).Equals(mandate);
        },
        iter: 1000);

    [Fact]
    public void The_policies_of_a_mandate_fit_the_contract()
    {
        var schema = CedarSchema.Parse(new CedarSource(
            PolicySetLoader.SchemaName, File.ReadAllText(Path.Combine(TestPolicies.RepositoryRoot(), "policies", "vetopoint.cedarschema")))).Schema!;
        MandateCases.Mandates.Sample(
            mandate =>
            {
                foreach (var unlessApproved in (ReadOnlySpan<bool>)[false, true])
                {
                    var policies = PolicySet.Parse(new CedarSource("mandate", mandate.Policies(unlessApproved).Text));
                    var problems = Validator.Validate(
                        policies.Policies!, schema, new ValidationOptions { MonotoneAttributes = [Contract.AssurancePath] });

                    // An empty set is a policy that forbids always, which is what it is to say.
                    Assert.DoesNotContain(problems, problem => problem.Severity == ProblemSeverity.Error);
                }
            },
            iter: 500);
    }

    private static bool IsPermitted(Mandate mandate, OperationFacts operation)
    {
        if (mandate.Policies(unlessApproved: false).Compiled is not { } compiled)
            return true;
        var agent = new CedarEntity(new EntityUid(Contract.AgentType, "a"), CedarRecord.Empty);
        (string, CedarValue)[] context = [("gate", "mcp"), (Contract.Assurance, 0)];
        var decision = Authorizer.Decide(
            compiled,
            new CedarRequest(
                agent.Uid, Contract.Action(operation.Operation.Effect), operation.Resource.Uid,
                CedarRecord.Of(operation.Destination is { } destination ? [.. context, ("destination", destination)] : context)),
            new OperationEntities(agent, operation.Resource), ErrorMode.Deny);
        Assert.Empty(decision.Errors);
        return decision.IsAllowed;
    }

    /// <summary>A resource that a pattern stands for and that no other of the patterns here names: fresh letters follow each prefix.</summary>
    private static (string Kind, string Name) Witness(string pattern)
    {
        if (pattern == Mandate.Any)
            return ("fresh", "../fresh");
        Assert.True(ResourcePattern.TryDivide(pattern, out var kind, out var name));
        return (Fresh(kind), name is "*" ? "../fresh" : Fresh(name));
    }

    private static string Fresh(ReadOnlySpan<char> pattern) => NamePattern.IsPrefix(pattern) ? $"{pattern[..^1]}fresh" : pattern.ToString();
}
