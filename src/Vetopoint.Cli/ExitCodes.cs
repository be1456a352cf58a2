namespace Vetopoint.Cli;

/// <summary>What a command ends with; docs/cli.md has the same table.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A problem was found, or the answer is no.</summary>
    public const int Problem = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No engine answers.</summary>
    public const int EngineUnreachable = 3;

    /// <summary>A person's proof is needed and was not given: no terminal, a wrong passphrase, or a no.</summary>
    public const int NoProof = 4;

    /// <summary>Interrupted, as shells count it.</summary>
    public const int Interrupted = 130;
}
