namespace Vetopoint.Shim;

/// <summary>The same table as the <c>vetopoint</c> command's; see docs/cli.md.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Problem = 1;
    public const int Usage = 2;
    public const int EngineUnreachable = 3;
}
