using System.Diagnostics.CodeAnalysis;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads the name of an entity that stands alone.</summary>
internal static class EntityText
{
    public static bool TryRead(string text, [NotNullWhen(true)] out EntityUid? uid)
    {
        ArgumentNullException.ThrowIfNull(text);
        uid = null;
        var problems = new ProblemList();
        var source = new SourceMap(new CedarSource("entity", text));
        var reader = new TokenReader(source, Lexer.Read(source, problems), problems);
        try
        {
            var read = new ExpressionParser(reader).ParseEntity(out _);
            if (reader.AtEnd && !problems.HasErrors)
                uid = read;
        }
        catch (SyntaxException)
        {
            // What was wrong is in the problems; the caller asked only whether it is a name.
        }

        return uid is not null;
    }
}
