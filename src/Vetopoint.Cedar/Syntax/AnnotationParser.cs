using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads the annotations before a policy or a declaration.</summary>
internal static class AnnotationParser
{
    public static ImmutableArray<Annotation> Parse(TokenReader reader)
    {
        if (reader.Current.Kind != TokenKind.At)
            return [];
        var annotations = ImmutableArray.CreateBuilder<Annotation>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.TryTake(TokenKind.At))
        {
            var token = reader.Expect(TokenKind.Identifier, "the name of an annotation");
            var name = reader.TextOf(token).ToString();
            var value = "";
            if (reader.TryTake(TokenKind.OpenParenthesis))
            {
                value = reader.ExpectText("text in quotes");
                reader.Expect(TokenKind.CloseParenthesis, "`)`");
            }

            if (names.Add(name))
                annotations.Add(new Annotation(name, value));
            else
            {
                reader.Problems.Error(
                    ProblemCodes.DuplicateAnnotation, reader.Source, token.Span, $"The annotation `@{name}` stands here twice.",
                    "Keep one.");
            }
        }

        return annotations.DrainToImmutable();
    }
}
