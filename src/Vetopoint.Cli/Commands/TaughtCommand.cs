using System.CommandLine;

namespace Vetopoint.Cli.Commands;

/// <summary>
/// A command whose help teaches: the first sentence of its text stands in lists, the rest and some lines to type in its own
/// help. A test holds every command to having such lines.
/// </summary>
internal sealed class TaughtCommand : Command
{
    private const string SentenceEnd = ". ";

    public TaughtCommand(string name, string text, params string[] examples) : base(name, FirstSentence(text))
    {
        More = text[Description!.Length..].Trim();
        Examples = examples;
    }

    /// <summary>What follows the first sentence; may be empty.</summary>
    public string More { get; }

    public IReadOnlyList<string> Examples { get; }

    /// <summary>Sets what the command does.</summary>
    public void Does(Func<Invocation, CancellationToken, Task<int>> action) =>
        SetAction((parsed, cancellationToken) => Invocation.RunAsync(parsed, action, cancellationToken));

    private static string FirstSentence(string text) =>
        text.IndexOf(SentenceEnd, StringComparison.Ordinal) is var end and >= 0 ? text[..(end + 1)] : text;
}
