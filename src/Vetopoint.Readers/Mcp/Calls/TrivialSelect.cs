using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>
/// The few SQL statements that are certain to read and nothing else in every dialect: one SELECT of plain columns from
/// one table. Everything else is not read here; the SQL reader comes later.
/// </summary>
/// <remarks>
/// An allow-list. No parentheses but a list of literals and <c>count(*)</c>, so no functions and no sub-queries; no
/// comments, no quotes but plain string literals without backslashes, no second statement, nothing after what is
/// expected. What a view or a column does inside cannot be seen from here: the operator put it there.
/// <code>
/// SELECT columns FROM table [WHERE conditions] [ORDER BY columns] [LIMIT n [OFFSET n]] [;]
/// </code>
/// </remarks>
internal sealed partial class TrivialSelect
{
    private const int CharsMax = 4000;

    private static readonly string[] Reserved =
    [
        "select", "from", "where", "join", "on", "order", "by", "limit", "offset", "and", "or", "not", "in", "is", "null",
        "like", "ilike", "between", "as", "asc", "desc", "into", "union", "except", "intersect", "for", "with", "group",
        "having", "window", "fetch", "lock", "procedure", "returning", "insert", "update", "delete", "drop", "create",
        "alter", "truncate", "merge", "call", "exec", "execute", "do", "set", "grant", "revoke", "copy", "load", "attach",
        "pragma", "vacuum", "begin", "commit", "rollback", "use", "waitfor", "shutdown", "outfile", "dumpfile", "inner",
        "left", "right", "full", "outer", "cross", "lateral", "natural", "using", "case", "when", "distinct", "all",
    ];

    private readonly List<string> _tokens;
    private int _at;

    private TrivialSelect(List<string> tokens) => _tokens = tokens;

    /// <summary>The table it reads.</summary>
    public ImmutableArray<string> Tables { get; private set; } = [];

    /// <summary>Every name in it, of the table and of columns.</summary>
    public IEnumerable<string> Names => _tokens.Where(static token => char.IsAsciiLetter(token[0]) || token[0] is '_' or '"');

    /// <summary>The most rows it gives; null when it does not say.</summary>
    public long? Limit { get; private set; }

    /// <summary>True when it only counts.</summary>
    public bool IsCount { get; private set; }

    /// <summary>The statement, when it is one of these; else null.</summary>
    public static TrivialSelect? Of(string text)
    {
        if (text.Length > CharsMax || Tokens(text) is not { } tokens)
            return null;
        var select = new TrivialSelect(tokens);
        return select.Statement() && select._at == tokens.Count ? select : null;
    }

    /// <summary>True for a text that is probably a statement, in SQL or another query language, or a part of one.</summary>
    public static bool LooksLikeSql(string text) => SqlPattern().IsMatch(text);

    private bool Statement()
    {
        if (!Word("select"))
            return false;
        Word("distinct");
        if (!Columns() || !Word("from") || !Table())
            return false;
        if (Word("where") && !Conditions())
            return false;
        if (Word("order") && !(Word("by") && OrderColumns()))
            return false;
        if (Word("limit"))
        {
            if (!Number(out var limit))
                return false;
            Limit = limit;
            if (Word("offset") && !Number(out _))
                return false;
        }

        Take(";");
        return true;
    }

    private bool Columns()
    {
        if (Take("*"))
            return true;
        if (Word("count"))
        {
            IsCount = true;
            return Take("(") && Take("*") && Take(")") && Alias();
        }

        do
        {
            if (!Column() || !Alias())
                return false;
        }
        while (Take(","));

        return true;
    }

    private bool Alias() => !Word("as") || Identifier();

    /// <summary>A name of up to three parts.</summary>
    private bool Table()
    {
        var from = _at;
        if (!Identifier())
            return false;
        for (var parts = 1; parts < 3 && Take("."); parts++)
        {
            if (!Identifier())
                return false;
        }

        Tables = [string.Concat(_tokens[from.._at])];
        return Alias();
    }

    /// <summary>
    /// A bare name. PostgreSQL reads <c>t.f</c> as a call of the function <c>f</c> when there is no such column, so a
    /// qualified name is not certain to be a column.
    /// </summary>
    private bool Column() => Identifier();

    private bool OrderColumns()
    {
        do
        {
            if (!Column())
                return false;
            _ = Word("asc") || Word("desc");
        }
        while (Take(","));

        return true;
    }

    private bool Conditions()
    {
        do
        {
            Word("not");
            if (!Condition())
                return false;
        }
        while (Word("and") || Word("or"));

        return true;
    }

    private bool Condition()
    {
        if (!Column())
            return false;
        if (Word("is"))
        {
            Word("not");
            return Word("null");
        }

        Word("not");
        if (Word("in"))
            return Take("(") && Literals() && Take(")");
        if (Word("between"))
            return Literal() && Word("and") && Literal();
        if (Word("like") || Word("ilike"))
            return Literal();
        return (Take("=") || Take("<>") || Take("!=") || Take("<=") || Take(">=") || Take("<") || Take(">"))
            && (Literal() || Column());
    }

    private bool Literals()
    {
        do
        {
            if (!Literal())
                return false;
        }
        while (Take(","));

        return true;
    }

    private bool Literal()
    {
        if (_at < _tokens.Count && (_tokens[_at][0] == '\'' || char.IsAsciiDigit(_tokens[_at][0]) || _tokens[_at][0] == '-'))
        {
            _at++;
            return true;
        }

        return Word("true") || Word("false") || Word("null");
    }

    private bool Number(out long number)
    {
        number = 0;
        return _at < _tokens.Count
            && long.TryParse(_tokens[_at], NumberStyles.None, CultureInfo.InvariantCulture, out number) && _at++ >= 0;
    }

    private bool Identifier()
    {
        var name = _at < _tokens.Count ? _tokens[_at] : "";
        if (name.Length == 0 || !(char.IsAsciiLetter(name[0]) || name[0] is '_' or '"')
            || Array.Exists(Reserved, name.Equals) || Array.Exists(Reserved, name.ToLowerInvariant().Equals))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Word(string word) =>
        _at < _tokens.Count && _tokens[_at].Equals(word, StringComparison.OrdinalIgnoreCase) && _at++ >= 0;

    private bool Take(string token) => _at < _tokens.Count && _tokens[_at] == token && _at++ >= 0;

    /// <summary>The tokens of the statement; null when there is anything that a trivial one does not have.</summary>
    private static List<string>? Tokens(string text)
    {
        var tokens = new List<string>();
        var rest = text.AsSpan();
        while (!(rest = rest.TrimStart(" \t\r\n")).IsEmpty)
        {
            var match = TokenPattern().EnumerateMatches(rest);
            if (!match.MoveNext() || match.Current.Index != 0)
                return null;
            tokens.Add(rest[..match.Current.Length].ToString());
            rest = rest[match.Current.Length..];
        }

        return tokens;
    }

    // A string literal has no quote, backslash or control character inside: dialects disagree on all of them.
    [GeneratedRegex(
        @"\A(?:[A-Za-z_][A-Za-z0-9_]*|""[A-Za-z_][A-Za-z0-9_]*""|-?[0-9]+(?:\.[0-9]+)?(?![A-Za-z0-9_.])|'[^'\\\x00-\x1F]*'(?!')|<>|!=|<=|>=|[=<>*.,;()])",
        RegexOptions.CultureInvariant)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(
        @"\bselect\b.+\bfrom\b|\binsert\s+into\b|\bupdate\b.+\bset\b|\bdelete\s+from\b|\b(drop|alter|create|truncate)\s+(table|database|schema|view|index|user|role|function|temp)\b|\btruncate\s+\w|\bgrant\b.+\bto\b|\bmerge\s+into\b|\bexec(ute)?\s+\w|\bunion\s+(all\s+)?select\b|\bcopy\b.+\b(from|to)\b.+\b(program|stdout|stdin|')|\battach\s+database\b|\bpragma\s+\w|\bdetach\s+delete\b|\b(match|merge)\s*\(|\bcall\s+\w+\.\w|\bmutation\b.*\{|\$(out|merge|where|function|accumulator)\b|\A\s*\.(drop|delete|set|alter|create|append|ingest|purge|move|replace|clear)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex SqlPattern();
}
