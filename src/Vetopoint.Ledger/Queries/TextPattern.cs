namespace Vetopoint.Ledger.Queries;

/// <summary>A text that is asked for exactly, or by how it begins.</summary>
/// <param name="Text">The whole text, or its beginning.</param>
/// <param name="IsPrefix">True when anything may follow.</param>
public readonly record struct TextPattern(string Text, bool IsPrefix)
{
    /// <summary>Reads a pattern as it is typed: a <c>*</c> at its end stands for anything that follows; elsewhere it is itself.</summary>
    public static TextPattern Parse(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        return typed.EndsWith('*') ? new TextPattern(typed[..^1], true) : new TextPattern(typed, false);
    }

    /// <summary>Compares code unit by code unit, capitals and all.</summary>
    public bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsPrefix ? text.StartsWith(Text, StringComparison.Ordinal) : string.Equals(text, Text, StringComparison.Ordinal);
    }

    public override string ToString() => IsPrefix ? Text + "*" : Text;
}
