using System.Collections.Immutable;

namespace Vetopoint.Readers.Operations;

/// <summary>What an operation acts on, or where it sends what it read.</summary>
/// <param name="Kind">The kind of thing: <c>table</c>, <c>file</c>, <c>role</c>, <c>message</c>, <c>tool</c> …</param>
/// <param name="Name">Its name in the target system, as the call gives it; the tool's own name when nothing better is known.</param>
/// <param name="Environment">The environment's name; null when unknown, which counts as <c>prod</c>.</param>
/// <param name="Sensitivity">Labels of the data it holds, such as <c>pii</c> or <c>secret</c>.</param>
public sealed record Target(string Kind, string Name, string? Environment, ImmutableArray<string> Sensitivity)
{
    /// <summary>What an unknown environment counts as.</summary>
    public const string UnknownEnvironment = "prod";

    /// <summary>The environment to judge by.</summary>
    public string JudgedEnvironment => Environment ?? UnknownEnvironment;
}
