namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads the policies of a set of sources.</summary>
internal static class PolicyReader
{
    public static PolicyParseResult Read(IEnumerable<CedarSource> sources)
    {
        _ = sources.Count();
        throw new NotImplementedException();
    }
}
