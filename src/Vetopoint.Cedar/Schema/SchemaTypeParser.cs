using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Schema;

/// <summary>Reads the types of a schema.</summary>
internal sealed class SchemaTypeParser(TokenReader reader)
{
    private string _namespace = "";
    private int _nesting;

    public static bool IsReserved(string name) =>
        name is "Bool" or "Boolean" or "Entity" or "Extension" or "Long" or "Record" or "Set" or "String";

    public void Reset(string currentNamespace)
    {
        _namespace = currentNamespace;
        _nesting = 0;
    }

    public TypeSyntax Parse()
    {
        if (reader.Current.Kind == TokenKind.OpenBrace)
            return ParseRecord();
        if (reader.IsWord("Set") && reader.NextKind == TokenKind.Less)
        {
            var start = reader.Take().Span;
            reader.Take();
            Enter();
            var element = Parse();
            _nesting--;
            reader.Expect(TokenKind.Greater, "`>`");
            return new SetTypeSyntax(reader.Source.At(start), element);
        }

        var name = ParseName();
        return new NamedTypeSyntax(name.Location, name);
    }

    public RecordTypeSyntax ParseRecord()
    {
        var start = reader.Expect(TokenKind.OpenBrace, "`{`").Span;
        Enter();
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Current.Kind != TokenKind.CloseBrace)
        {
            var annotations = AnnotationParser.Parse(reader);
            var token = reader.Current;
            var name = token.Kind == TokenKind.Text
                ? reader.ExpectText("the name of an attribute")
                : reader.TextOf(reader.Expect(TokenKind.Identifier, "the name of an attribute")).ToString();
            if (!names.Add(name))
                throw reader.Error(ProblemCodes.DuplicateKey, token.Span, $"The record has the attribute `{name}` already.", "Keep one.");
            var isOptional = reader.TryTake(TokenKind.Question);
            reader.Expect(TokenKind.Colon, "`:`");
            attributes.Add(new AttributeSyntax(name, !isOptional, Parse(), annotations));
            if (!reader.TryTake(TokenKind.Comma))
                break;
        }

        reader.Expect(TokenKind.CloseBrace, "`,` or `}`");
        _nesting--;
        return new RecordTypeSyntax(reader.Source.At(start), attributes.DrainToImmutable());
    }

    public NameSyntax ParseName()
    {
        var first = reader.Current;
        if (first.Kind == TokenKind.Identifier
            && reader.NextKind == TokenKind.DoubleColon
            && reader.TextOf(first).SequenceEqual(SchemaResolver.BuiltinNamespace))
        {
            reader.Take();
            reader.Take();
            var builtin = reader.TextOf(reader.Expect(TokenKind.Identifier, "the name of a type")).ToString();
            var whole = TextSpan.Between(first.Span, reader.Previous.Span);
            return new NameSyntax("", $"{SchemaResolver.BuiltinNamespace}::{builtin}", reader.Source.At(whole));
        }

        var path = reader.ExpectPath("the name of a type", out var span);
        return new NameSyntax(_namespace, path, reader.Source.At(span));
    }

    private void Enter()
    {
        if (++_nesting > CedarLimits.NestingMax)
        {
            throw reader.Error(
                ProblemCodes.TooDeep, reader.Previous.Span, $"The type nests deeper than {CedarLimits.NestingMax} levels.",
                "Name the inner types.");
        }
    }
}
