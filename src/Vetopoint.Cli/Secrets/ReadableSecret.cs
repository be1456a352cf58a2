namespace Vetopoint.Cli.Secrets;

/// <summary>A secret that lies readable in a file. Says which kind and where, never the value.</summary>
/// <param name="Kind">What it looks like, such as <c>GitHub token</c>.</param>
/// <param name="Where">The way to it inside the file, such as <c>env.GITHUB_TOKEN</c>.</param>
/// <param name="Line">1 for the first line.</param>
internal sealed record ReadableSecret(string Kind, string Where, int Line);
