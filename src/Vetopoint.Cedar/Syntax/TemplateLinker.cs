using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Adds policies made of templates to a set.</summary>
internal static class TemplateLinker
{
    /// <summary>Every problem of every link is reported; a set with an error is not made.</summary>
    /// <param name="set">Where the templates are.</param>
    /// <param name="links">What to make of them, and where that was written when it was.</param>
    public static PolicyParseResult Link(PolicySet set, IEnumerable<(TemplateLink Link, Location? Place)> links)
    {
        var problems = new ProblemList();
        var ids = set.Policies.Select(policy => policy.Id).Concat(set.Templates.Select(template => template.Id)).ToHashSet(StringComparer.Ordinal);
        var policies = set.Policies.ToBuilder();
        foreach (var (link, place) in links)
        {
            if (!set.TryGetTemplate(link.TemplateId, out var template))
            {
                problems.Error(
                    ProblemCodes.UnknownTemplate, place ?? new Location("links", 1, 1, 0),
                    $"The link `{link.Id}` names the template `{link.TemplateId}`, which the set does not have.",
                    Suggestion.DidYouMean(link.TemplateId, set.Templates.Select(known => known.Id)), link.Id);
                continue;
            }

            var at = place ?? template.Location with { Length = 0 };
            var fits = Fits(template.HasPrincipalSlot, link.Principal is not null, TemplateSlots.Principal, link, at, problems);
            fits &= Fits(template.HasResourceSlot, link.Resource is not null, TemplateSlots.Resource, link, at, problems);
            if (!ids.Add(link.Id))
            {
                problems.Error(
                    ProblemCodes.DuplicatePolicyId, at, $"A policy or template has the id `{link.Id}` already.",
                    "Give the link an id of its own.", link.Id);
            }
            else if (fits)
            {
                policies.Add(template.Link(link));
            }
        }

        return new PolicyParseResult(problems.HasErrors ? null : new PolicySet(policies.ToImmutable(), set.Templates), problems.ToImmutable());
    }

    private static bool Fits(bool isOpen, bool isGiven, string slot, TemplateLink link, Location at, ProblemList problems)
    {
        if (isOpen == isGiven)
            return true;
        problems.Error(
            ProblemCodes.BadLink, at,
            isOpen
                ? $"The link `{link.Id}` gives no entity for `{slot}` of the template `{link.TemplateId}`."
                : $"The link `{link.Id}` gives an entity for `{slot}`, which the template `{link.TemplateId}` does not have.",
            isOpen ? "Give one." : "Leave it out.", link.Id);
        return false;
    }
}
