using System.Collections.Immutable;
using System.Text;
using Vetopoint.Api.Messages;
using Vetopoint.Cedar;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;
using Vetopoint.Server.Composition;
using ChangeView = Vetopoint.Api.Messages.PolicyChange;

namespace Vetopoint.Server.Api;

/// <summary>The set that decides and the set as edited.</summary>
internal static class PolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts) =>
        routes.MapGet("/v1/policies", async context => await ApiPipeline.AnswerAsync(
            context, await ViewAsync(parts, context.RequestAborted), ApiJson.Default.PoliciesView));

    public static PolicyView Of(Policy policy) => new(
        policy.Id, Of(policy.Effect), policy.Annotation("reason") ?? "", policy.Location.File, policy.Location.Line);

    private static async Task<PoliciesView> ViewAsync(EngineParts parts, CancellationToken cancellationToken)
    {
        await parts.Watch.CheckAsync(cancellationToken);
        var active = parts.Policies.Current;
        PolicySetActivated? activated = null;
        DateTimeOffset? activatedAt = null;
        await foreach (var entry in parts.Ledger.ReadKindsAsync([EntryKinds.PolicySetActivated], cancellationToken))
        {
            if (entry.Body is PolicySetActivated body && body.PolicySet == active.Digest)
                (activated, activatedAt) = (body, entry.Time);
        }

        var problems = parts.Watch.Problems;
        var staged = problems.IsEmpty ? parts.Policies.Staged : null;
        return new PoliciesView
        {
            Active = new PolicySetView(active.Digest, activatedAt, activated?.By, activated?.Automatic ?? false, PoliciesOf(active)),
            Staged = staged is null ? null : new PolicySetView(staged.Digest, null, null, false, PoliciesOf(staged)),
            Problems = Views.Of(problems),
            Changes = staged is null ? [] : ChangesOf(parts.Policies.Diff()),
        };
    }

    private static ImmutableArray<PolicyView> PoliciesOf(PolicySetSnapshot set) => [.. set.Policies.Policies.Select(Of)];

    private static string Of(PolicyEffect effect) => effect switch
    {
        PolicyEffect.Forbid => "forbid",
        PolicyEffect.Permit => "permit",
    };

    private static ImmutableArray<ChangeView> ChangesOf(PolicySetDiff diff) =>
    [
        .. diff.Policies.Select(change => new ChangeView(
            change.Before is null ? "added" : change.After is null ? "removed" : "changed",
            change.Id, change.Before ?? "", change.After ?? "")),
        .. diff.Files.Select(change => new ChangeView(
            "changed", change.Name, Lines(change, LineChangeKind.Removed), Lines(change, LineChangeKind.Added))),
    ];

    private static string Lines(FileChange change, LineChangeKind kind)
    {
        var text = new StringBuilder();
        foreach (var line in change.Lines)
        {
            if (line.Kind == kind)
                text.Append(line.Text).Append('\n');
        }

        return text.ToString();
    }
}
