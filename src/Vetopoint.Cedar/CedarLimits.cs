namespace Vetopoint.Cedar;

/// <summary>Every limit of this library. Beyond one, a text is refused with a problem; nothing is cut short.</summary>
public static class CedarLimits
{
    /// <summary>Characters (UTF-16 code units) of one source.</summary>
    public const int SourceCharactersMax = 16 * 1024 * 1024;

    /// <summary>
    /// How deep an expression or a type may nest. Set so that reading, checking and compiling one fit in a stack of 1 MiB.
    /// </summary>
    public const int NestingMax = 250;

    /// <summary>How many parts of a stranger's JSON are listed as not understood, and how long the path to one may be.</summary>
    public const int NotUnderstoodMax = 200;

    /// <inheritdoc cref="NotUnderstoodMax"/>
    public const int PathCharactersMax = 1_000;

    /// <summary>How deep a JSON text may nest before its inner parts are not understood.</summary>
    public const int JsonNestingMax = 64;

    /// <summary>
    /// How deep the JSON form of a policy may nest. A chain of <c>&amp;&amp;</c> nests twice as deep there as it is long. The
    /// base library's reader takes time that grows with the square of this.
    /// </summary>
    public const int PolicyJsonNestingMax = 10_000;

    /// <summary>How deep the JSON form of a schema may nest; a type there nests up to four times as deep as it is.</summary>
    public const int SchemaJsonNestingMax = 1_100;

    /// <summary>How many <c>!</c> or <c>-</c> may stand in a row. Cedar's own limit.</summary>
    public const int SignsMax = 4;
}
