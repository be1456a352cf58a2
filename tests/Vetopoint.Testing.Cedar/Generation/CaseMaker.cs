using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cedar;
using Vetopoint.Testing.Cedar.Cases;

namespace Vetopoint.Testing.Cedar.Generation;

/// <summary>A random case from a seed: several policies at once, forbids over permits, errors beside permits, links of templates.</summary>
public sealed class CaseMaker
{
    private const int PoliciesMax = 8;
    private const int LinksMax = 4;
    private const int RequestCount = 8;
    private const int DepthMax = 3;

    private readonly Dice _dice;
    private readonly World _world;
    private readonly Values _values;

    private CaseMaker(ulong seed)
    {
        _dice = new Dice(seed);
        _world = new World(_dice);
        _values = new Values(_dice, _world);
    }

    public static CedarCase Make(ulong seed) => new CaseMaker(seed).Make(string.Create(CultureInfo.InvariantCulture, $"seed{seed}"));

    private CedarCase Make(string name)
    {
        var entities = _world.MakeEntities(_values);
        ImmutableArray<string> policies = [.. Enumerable.Range(0, 1 + _dice.Next(PoliciesMax)).Select(_ => Policy(null, null))];
        var (templates, links) = Templates();
        return new CedarCase(name, _world.SchemaText(), policies, entities, [.. Enumerable.Range(0, RequestCount).Select(_ => Request())])
        {
            Templates = templates,
            Links = links,
        };
    }

    private CaseRequest Request()
    {
        var context = _values.Json(_world.Context).AsObject();
        return new CaseRequest(_world.AnyUid(), _world.AnyAction(), _world.AnyUid(), context);
    }

    private (ImmutableArray<string> Templates, ImmutableArray<TemplateLink> Links) Templates()
    {
        var templates = ImmutableArray.CreateBuilder<string>();
        var links = ImmutableArray.CreateBuilder<TemplateLink>();
        var count = _dice.Next(3);
        for (var i = 0; i < count; i++)
        {
            var (forPrincipal, forResource) = _dice.Pick((true, false), (false, true), (true, true));
            templates.Add(Policy(forPrincipal ? "?principal" : null, forResource ? "?resource" : null));
            for (var link = _dice.Next(LinksMax + 1); link > 0; link--)
                links.Add(new TemplateLink($"template{i}", $"link{links.Count}", forPrincipal ? _world.AnyUid() : null, forResource ? _world.AnyUid() : null));
        }

        return (templates.DrainToImmutable(), links.DrainToImmutable());
    }

    private string Policy(string? principalSlot, string? resourceSlot)
    {
        var effect = _dice.Chance(65) ? "permit" : "forbid";
        var principal = Scope("principal", principalSlot);
        var resource = Scope("resource", resourceSlot);
        return $"{effect}({principal}, {ActionScope()}, {resource}){string.Concat(Enumerable.Range(0, _dice.Pick(0, 1, 1, 1, 2)).Select(_ => Condition()))};";
    }

    private string Condition()
    {
        var types = _world.TypeNames.AsSpan();
        var body = new Expressions(_dice, _world, _values, _dice.Pick(types), _dice.Pick(types)).Make(PlainPlan.Bool, 1 + _dice.Next(DepthMax));
        return $" {(_dice.Chance(75) ? "when" : "unless")} {{ {body} }}";
    }

    private string Scope(string variable, string? slot)
    {
        var uid = _world.AnyUid();
        var named = slot ?? uid.ToString();
        return _dice.Next(slot is null ? 12 : 4) switch
        {
            0 => $"{variable} == {named}",
            1 or 2 => $"{variable} in {named}",
            3 => $"{variable} is {uid.Type} in {named}",
            4 => $"{variable} is {uid.Type}",
            _ => variable,
        };
    }

    private string ActionScope() => _dice.Next(6) switch
    {
        0 => $"action == {_world.AnyAction()}",
        1 => $"action in {_world.AnyAction()}",
        2 => $"action in [{string.Join(", ", Enumerable.Range(0, _dice.Next(3)).Select(_ => _world.AnyAction()))}]",
        _ => "action",
    };
}
