using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Schema;

/// <summary>Reads the declarations of one schema source. After a problem it goes on with the next declaration.</summary>
internal sealed class SchemaParser
{
    private readonly TokenReader _reader;
    private readonly SchemaTypeParser _types;
    private readonly ImmutableArray<NamespaceSyntax>.Builder _namespaces = ImmutableArray.CreateBuilder<NamespaceSyntax>();
    private readonly ImmutableArray<EntitySyntax>.Builder _entities = ImmutableArray.CreateBuilder<EntitySyntax>();
    private readonly ImmutableArray<ActionSyntax>.Builder _actions = ImmutableArray.CreateBuilder<ActionSyntax>();
    private readonly ImmutableArray<CommonTypeSyntax>.Builder _commonTypes = ImmutableArray.CreateBuilder<CommonTypeSyntax>();

    private string _namespace = "";

    public SchemaParser(SourceMap source, ProblemList problems)
    {
        _reader = new TokenReader(source, Lexer.Read(source, problems), problems);
        _types = new SchemaTypeParser(_reader);
    }

    public SchemaSyntax Parse()
    {
        while (!_reader.AtEnd)
        {
            try
            {
                var annotations = AnnotationParser.Parse(_reader);
                if (_reader.IsWord("namespace"))
                    ParseNamespace(annotations);
                else
                    ParseDeclaration(annotations);
            }
            catch (SyntaxException)
            {
                _reader.SkipBehindSemicolon();
            }
        }

        return new SchemaSyntax(_namespaces.ToImmutable(), _entities.ToImmutable(), _actions.ToImmutable(), _commonTypes.ToImmutable());
    }

    private void ParseNamespace(ImmutableArray<Annotation> annotations)
    {
        _reader.Take();
        var path = _reader.ExpectPath("the name of a namespace", out _);
        _reader.Expect(TokenKind.OpenBrace, "`{`");
        _namespace = path;
        _namespaces.Add(new NamespaceSyntax(path, annotations));
        while (!_reader.AtEnd && _reader.Current.Kind != TokenKind.CloseBrace)
        {
            try
            {
                ParseDeclaration(AnnotationParser.Parse(_reader));
            }
            catch (SyntaxException)
            {
                _reader.SkipBehindSemicolon();
            }
        }

        _namespace = "";
        _reader.Expect(TokenKind.CloseBrace, "`}`");
    }

    private void ParseDeclaration(ImmutableArray<Annotation> annotations)
    {
        _types.Reset(_namespace);
        if (_reader.TryTakeWord("entity"))
            ParseEntity(annotations);
        else if (_reader.TryTakeWord("action"))
            ParseAction(annotations);
        else if (_reader.TryTakeWord("type"))
            ParseCommonType(annotations);
        else
            throw _reader.Unexpected(_namespace.Length == 0 ? "`namespace`, `entity`, `action` or `type`" : "`entity`, `action`, `type` or `}`");
    }

    private void ParseEntity(ImmutableArray<Annotation> annotations)
    {
        var names = new List<(string Name, Location Location)>();
        do
            names.Add((Qualify(_reader.ExpectName("the name of an entity type")), Here()));
        while (_reader.TryTake(TokenKind.Comma));

        ImmutableArray<NameSyntax> parents = [];
        RecordTypeSyntax? attributes = null;
        TypeSyntax? tags = null;
        ImmutableArray<string> ids = default;
        if (_reader.TryTakeWord("enum"))
        {
            ids = ParseIds();
        }
        else
        {
            if (_reader.TryTakeWord("in"))
                parents = ParseNames();
            if (_reader.TryTake(TokenKind.Assign) || _reader.Current.Kind == TokenKind.OpenBrace)
                attributes = _types.ParseRecord();
            if (_reader.TryTakeWord("tags"))
                tags = _types.Parse();
        }

        _reader.Expect(TokenKind.Semicolon, "`;`");
        foreach (var (name, location) in names)
            _entities.Add(new EntitySyntax(name, location, parents, attributes, tags, ids, annotations));
    }

    private ImmutableArray<string> ParseIds()
    {
        _reader.Expect(TokenKind.OpenBracket, "`[`");
        var ids = ImmutableArray.CreateBuilder<string>();
        do
        {
            if (ids.Count > 0 && _reader.Current.Kind == TokenKind.CloseBracket)
                break;
            ids.Add(_reader.ExpectText("an id in quotes"));
        }
        while (_reader.TryTake(TokenKind.Comma));
        _reader.Expect(TokenKind.CloseBracket, "`,` or `]`");
        return ids.DrainToImmutable();
    }

    private void ParseAction(ImmutableArray<Annotation> annotations)
    {
        var names = new List<(string Id, Location Location)>();
        do
            names.Add((ParseActionId(), Here()));
        while (_reader.TryTake(TokenKind.Comma));

        var parents = _reader.TryTakeWord("in") ? ParseActionReferences() : [];
        ImmutableArray<NameSyntax> principals = [];
        ImmutableArray<NameSyntax> resources = [];
        TypeSyntax? context = null;
        if (_reader.TryTakeWord("appliesTo"))
            ParseAppliesTo(ref principals, ref resources, ref context);
        if (_reader.TryTakeWord("attributes"))
        {
            _reader.Expect(TokenKind.OpenBrace, "`{`");
            _reader.Expect(TokenKind.CloseBrace, "`}`, because actions have no attributes,");
        }

        _reader.Expect(TokenKind.Semicolon, "`;`");
        foreach (var (id, location) in names)
            _actions.Add(new ActionSyntax(_namespace, id, location, parents, principals, resources, context, annotations));
    }

    private void ParseAppliesTo(
        ref ImmutableArray<NameSyntax> principals, ref ImmutableArray<NameSyntax> resources, ref TypeSyntax? context)
    {
        var open = _reader.Expect(TokenKind.OpenBrace, "`{`").Span;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Current.Kind != TokenKind.CloseBrace)
        {
            var token = _reader.Expect(TokenKind.Identifier, "`principal`, `resource` or `context`");
            var what = _reader.TextOf(token).ToString();
            if (what is not ("principal" or "resource" or "context"))
            {
                throw _reader.Error(
                    ProblemCodes.BadAppliesTo, token.Span, $"`{what}` is not a part of `appliesTo`.",
                    "Its parts are `principal`, `resource` and `context`.");
            }

            if (!seen.Add(what))
                throw _reader.Error(ProblemCodes.BadAppliesTo, token.Span, $"`{what}` stands here twice.", "Keep one.");
            _reader.Expect(TokenKind.Colon, "`:`");
            if (what == "principal")
                principals = ParseNames();
            else if (what == "resource")
                resources = ParseNames();
            else
                context = _types.Parse();
            if (!_reader.TryTake(TokenKind.Comma))
                break;
        }

        _reader.Expect(TokenKind.CloseBrace, "`,` or `}`");
        if (!seen.Contains("principal") || !seen.Contains("resource"))
        {
            throw _reader.Error(
                ProblemCodes.BadAppliesTo, open, "`appliesTo` must name both `principal` and `resource` types.",
                "Leave `appliesTo` out for a group of actions.");
        }
    }

    private ImmutableArray<ActionReferenceSyntax> ParseActionReferences()
    {
        if (!_reader.TryTake(TokenKind.OpenBracket))
            return [ParseActionReference()];
        var references = ImmutableArray.CreateBuilder<ActionReferenceSyntax>();
        while (_reader.Current.Kind != TokenKind.CloseBracket)
        {
            references.Add(ParseActionReference());
            if (!_reader.TryTake(TokenKind.Comma))
                break;
        }

        _reader.Expect(TokenKind.CloseBracket, "`,` or `]`");
        return references.DrainToImmutable();
    }

    private ActionReferenceSyntax ParseActionReference()
    {
        if (_reader.Current.Kind == TokenKind.Identifier && _reader.NextKind == TokenKind.DoubleColon)
        {
            var type = _reader.ExpectPath("an action", out _);
            _reader.Expect(TokenKind.DoubleColon, "`::` and an id in quotes");
            return new ActionReferenceSyntax(type, _reader.ExpectText("an id in quotes"), Here());
        }

        return new ActionReferenceSyntax(null, ParseActionId(), Here());
    }

    private string ParseActionId() =>
        _reader.Current.Kind == TokenKind.Text
            ? _reader.ExpectText("the name of an action")
            : _reader.TextOf(_reader.Expect(TokenKind.Identifier, "the name of an action")).ToString();

    private void ParseCommonType(ImmutableArray<Annotation> annotations)
    {
        var name = _reader.ExpectName("the name of a type");
        var location = Here();
        _reader.Expect(TokenKind.Assign, "`=`");
        var type = _types.Parse();
        _reader.Expect(TokenKind.Semicolon, "`;`");
        if (SchemaTypeParser.IsReserved(name))
        {
            _reader.Problems.Error(
                ProblemCodes.ReservedType, location, $"`{name}` is a type of Cedar and cannot be declared.", "Choose another name.");
            return;
        }

        _commonTypes.Add(new CommonTypeSyntax(Qualify(name), location, type, annotations));
    }

    private ImmutableArray<NameSyntax> ParseNames()
    {
        if (!_reader.TryTake(TokenKind.OpenBracket))
            return [_types.ParseName()];
        var names = ImmutableArray.CreateBuilder<NameSyntax>();
        while (_reader.Current.Kind != TokenKind.CloseBracket)
        {
            names.Add(_types.ParseName());
            if (!_reader.TryTake(TokenKind.Comma))
                break;
        }

        _reader.Expect(TokenKind.CloseBracket, "`,` or `]`");
        return names.DrainToImmutable();
    }

    private string Qualify(string name) => _namespace.Length == 0 ? name : _namespace + "::" + name;

    /// <summary>Where the token just read stands.</summary>
    private Location Here() => _reader.Source.At(_reader.Previous.Span);
}
