namespace Vetopoint.Cedar;

/// <summary>One text of policies or of a schema, and the name problems in it are reported under.</summary>
/// <param name="File">A path or any other name that tells the reader where to look. It is never opened.</param>
/// <param name="Text">The whole text.</param>
public sealed record CedarSource(string File, string Text);
