using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads the policies of one source. After a problem it goes on with the next policy.</summary>
internal sealed class PolicyParser
{
    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;

    public PolicyParser(SourceMap source, ProblemList problems)
    {
        _reader = new TokenReader(source, Lexer.Read(source, problems), problems);
        _expressions = new ExpressionParser(_reader);
    }

    public List<PolicySyntax> Parse()
    {
        var policies = new List<PolicySyntax>();
        while (!_reader.AtEnd)
        {
            try
            {
                _expressions.Reset();
                policies.Add(ParsePolicy());
            }
            catch (SyntaxException)
            {
                _reader.SkipBehindSemicolon();
            }
        }

        return policies;
    }

    private PolicySyntax ParsePolicy()
    {
        var start = _reader.Current.Span;
        var annotations = AnnotationParser.Parse(_reader);
        var effect = ParseEffect();
        _reader.Expect(TokenKind.OpenParenthesis, "`(`");
        var principal = ParseScope(Variable.Principal);
        _reader.Expect(TokenKind.Comma, "`,`");
        var action = ParseScope(Variable.Action);
        _reader.Expect(TokenKind.Comma, "`,`");
        var resource = ParseScope(Variable.Resource);
        _reader.TryTake(TokenKind.Comma);
        _reader.Expect(TokenKind.CloseParenthesis, "`)`");
        var conditions = ImmutableArray.CreateBuilder<ConditionSyntax>();
        while (_reader.IsWord("when") || _reader.IsWord("unless"))
            conditions.Add(ParseCondition());
        _reader.Expect(TokenKind.Semicolon, conditions.Count == 0 ? "`when`, `unless` or `;`" : "`;`");
        var span = TextSpan.Between(start, _reader.Previous.Span);
        return new PolicySyntax(
            _reader.Source, span, effect, annotations, principal, action, resource, conditions.DrainToImmutable());
    }

    private PolicyEffect ParseEffect()
    {
        if (_reader.TryTakeWord("permit"))
            return PolicyEffect.Permit;
        if (_reader.TryTakeWord("forbid"))
            return PolicyEffect.Forbid;
        throw _reader.Unexpected("`permit` or `forbid`");
    }

    private ConditionSyntax ParseCondition()
    {
        var isUnless = _reader.IsWord("unless");
        _reader.Take();
        _reader.Expect(TokenKind.OpenBrace, "`{`");
        if (_reader.Current.Kind == TokenKind.CloseBrace)
            throw _reader.Unexpected("a condition");
        var body = _expressions.Parse();
        _reader.Expect(TokenKind.CloseBrace, "an operator or `}`");
        return new ConditionSyntax(isUnless, body);
    }

    private ScopeSyntax ParseScope(Variable variable)
    {
        var start = _reader.Current.Span;
        ExpectVariable(variable);
        var kind = ScopeKind.All;
        var entities = new List<(EntityUid Uid, TextSpan Span)>();
        string? typeName = null;
        TextSpan typeSpan = default;
        TextSpan? slot = null;
        if (variable != Variable.Action && _reader.TryTakeWord("is"))
        {
            kind = ScopeKind.Is;
            typeName = _reader.ExpectPath("the name of an entity type", out typeSpan);
            if (_reader.TryTakeWord("in"))
            {
                kind = ScopeKind.IsIn;
                ParseScopeTarget(variable, entities, out slot);
            }
        }
        else if (_reader.TryTake(TokenKind.Equal))
        {
            kind = ScopeKind.Equal;
            ParseScopeTarget(variable, entities, out slot);
        }
        else if (_reader.TryTakeWord("in"))
        {
            kind = ScopeKind.In;
            if (variable == Variable.Action && _reader.Current.Kind == TokenKind.OpenBracket)
            {
                kind = ScopeKind.InSet;
                ParseActions(entities);
            }
            else
            {
                ParseScopeTarget(variable, entities, out slot);
            }
        }
        else if (_reader.Current.Kind is not (TokenKind.Comma or TokenKind.CloseParenthesis))
        {
            throw BadScope(variable);
        }

        var span = TextSpan.Between(start, _reader.Previous.Span);
        return new ScopeSyntax(
            variable, kind, span, [.. entities.Select(entity => entity.Uid)],
            slot is { } slotSpan ? [slotSpan] : [.. entities.Select(entity => entity.Span)], typeName, typeSpan, IsSlot: slot is not null);
    }

    private void ExpectVariable(Variable variable)
    {
        var name = variable switch
        {
            Variable.Principal => "principal",
            Variable.Action => "action",
            Variable.Resource => "resource",
            Variable.Context => "context",
        };
        if (!_reader.TryTakeWord(name))
            throw _reader.Unexpected($"`{name}`");
    }

    private SyntaxException BadScope(Variable variable)
    {
        var help = variable == Variable.Action
            ? "An action is followed by `==`, `in`, or nothing; put other conditions in `when { … }`."
            : "It is followed by `==`, `in`, `is`, or nothing; put other conditions in `when { … }`.";
        return _reader.AtEnd
            ? _reader.Unexpected("`,` or `)`")
            : _reader.Error(ProblemCodes.BadScope, _reader.Current.Span, "This cannot stand in the scope of a policy.", help);
    }

    private void ParseActions(List<(EntityUid Uid, TextSpan Span)> actions)
    {
        _reader.Take();
        while (_reader.Current.Kind != TokenKind.CloseBracket)
        {
            actions.Add(ParseScopeEntity(Variable.Action));
            if (!_reader.TryTake(TokenKind.Comma))
                break;
        }

        _reader.Expect(TokenKind.CloseBracket, "`,` or `]`");
    }

    /// <summary>What a principal or resource is compared with: an entity, or its slot.</summary>
    private void ParseScopeTarget(Variable variable, List<(EntityUid Uid, TextSpan Span)> entities, out TextSpan? slot)
    {
        slot = null;
        if (_reader.Current.Kind != TokenKind.Slot || variable == Variable.Action)
        {
            entities.Add(ParseScopeEntity(variable));
            return;
        }

        var token = _reader.Current;
        var (own, given) = (SlotOf(variable), _reader.TextOf(token).ToString());
        if (given != own)
        {
            throw _reader.Error(
                ProblemCodes.TemplateSlot, token.Span, $"The slot `{given}` cannot stand for the {ExprText.VariableName(variable)}.",
                $"Here it is `{own}`.");
        }

        slot = _reader.Take().Span;
    }

    private static string SlotOf(Variable variable) =>
        variable == Variable.Principal ? TemplateSlots.Principal : TemplateSlots.Resource;

    private (EntityUid Uid, TextSpan Span) ParseScopeEntity(Variable variable)
    {
        var uid = _expressions.ParseEntity(out var span);
        if (variable == Variable.Action && !uid.IsAction)
        {
            throw _reader.Error(
                ProblemCodes.BadScope, span, $"`{uid}` is not an action.", "The type of an action is `Action` or ends in `::Action`.");
        }

        return (uid, span);
    }
}
