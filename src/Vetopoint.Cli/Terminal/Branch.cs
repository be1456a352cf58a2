namespace Vetopoint.Cli.Terminal;

/// <summary>One line of a drawn tree, with what hangs from it.</summary>
/// <param name="Style">How it is shown where there is colour; it never bears a meaning alone.</param>
internal sealed record Branch(string Text, string? Style = null)
{
    public List<Branch> Branches { get; } = [];

    public Branch Add(string text, string? style = null)
    {
        var branch = new Branch(text, style);
        Branches.Add(branch);
        return branch;
    }
}
