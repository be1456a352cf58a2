namespace Vetopoint.Testing.Cedar.Cases;

/// <summary>Leaves out of a case what a difference does not need.</summary>
public static class CaseShrinker
{
    /// <param name="test">A case that differs.</param>
    /// <param name="differs">Whether a smaller one still does.</param>
    public static CedarCase Shrink(CedarCase test, Func<CedarCase, bool> differs)
    {
        for (var smaller = (CedarCase?)test; smaller is not null; smaller = Smaller(test).FirstOrDefault(differs))
            test = smaller;
        return test;
    }

    private static IEnumerable<CedarCase> Smaller(CedarCase test)
    {
        for (var i = 0; test.Requests.Length > 1 && i < test.Requests.Length; i++)
            yield return test with { Requests = test.Requests.RemoveAt(i) };
        for (var i = 0; i < test.Links.Length; i++)
            yield return test with { Links = test.Links.RemoveAt(i) };
        if (test.Links.IsEmpty && !test.Templates.IsEmpty)
            yield return test with { Templates = [] };
        for (var i = 0; i < test.Policies.Length; i++)
            yield return test with { Policies = test.Policies.RemoveAt(i) };
        for (var i = 0; i < test.Entities.Count; i++)
        {
            var entities = test.Entities.DeepClone().AsArray();
            entities.RemoveAt(i);
            yield return test with { Entities = entities };
        }
    }
}
