namespace Vetopoint.Testing.Cedar.Generation;

/// <summary>Random expressions that mostly have the type they should, so that evaluations get far, and sometimes have not.</summary>
/// <param name="dice">Chooses.</param>
/// <param name="world">What there is.</param>
/// <param name="values">Makes literals.</param>
/// <param name="principal">The type that the principal is taken to have.</param>
/// <param name="resource">The type that the resource is taken to have.</param>
internal sealed class Expressions(Dice dice, World world, Values values, string principal, string resource)
{
    private const int WrongTypePercent = 3;

    private static readonly string[] Patterns = ["*", "a*", "*b", "a\\*b", "*a*b*", "", "é*", "*\\u{1f600}"];
    private static readonly string[] Comparisons = ["<", "<=", ">", ">="];

    public string Make(TypePlan type, int depth)
    {
        if (dice.Chance(WrongTypePercent))
            type = world.Any(1);
        if (depth == 0 || dice.Chance(15))
            return Leaf(type);
        if (dice.Chance(7))
            return $"(if {Make(PlainPlan.Bool, depth - 1)} then {Make(type, depth - 1)} else {Make(type, depth - 1)})";
        return type switch
        {
            PlainPlan { Name: "Bool" } => Bool(depth - 1),
            PlainPlan { Name: "Long" } => Long(depth - 1),
            PlainPlan { Name: "datetime" } => dice.Chance(50) ? $"{Make(type, depth - 1)}.{DateCall(depth - 1)}" : Leaf(type),
            PlainPlan { Name: "duration" } => $"{Make(PlainPlan.DateTime, depth - 1)}.{(dice.Chance(50) ? "toTime()" : $"durationSince({Make(PlainPlan.DateTime, depth - 1)})")}",
            SetPlan set => $"[{Join(dice.Next(4), () => Make(set.Element, depth - 1))}]",
            RecordPlan record => $"{{{string.Join(", ", record.Fields.Where(_ => dice.Chance(80)).Select(field => $"{Values.Quote(field.Name)}: {Make(field.Type, depth - 1)}"))}}}",
            _ => Tagged(type, depth - 1) ?? Leaf(type),
        };
    }

    private string Bool(int depth)
    {
        switch (dice.Next(17))
        {
            case 0 or 1:
                return $"({Make(PlainPlan.Bool, depth)} && {Make(PlainPlan.Bool, depth)}{(dice.Chance(30) ? $" && {Make(PlainPlan.Bool, depth)}" : "")})";
            case 2 or 3:
                return $"({Make(PlainPlan.Bool, depth)} || {Make(PlainPlan.Bool, depth)}{(dice.Chance(30) ? $" || {Make(PlainPlan.Bool, depth)}" : "")})";
            case 4:
                return $"!{Make(PlainPlan.Bool, depth)}";
            case 5 or 6:
                var same = world.Any(1);
                return $"({Make(same, depth)} {dice.Pick("==", "!=")} {Make(dice.Chance(85) ? same : world.Any(1), depth)})";
            case 7 or 8:
                var ordered = dice.Pick<TypePlan>(PlainPlan.Long, PlainPlan.Long, PlainPlan.DateTime, PlainPlan.Duration);
                return $"({Make(ordered, depth)} {dice.Pick(Comparisons)} {Make(ordered, depth)})";
            case 9 or 10:
                var ancestors = new EntityPlan(dice.Pick(world.TypeNames.AsSpan()));
                return $"({Entity(depth)} in {(dice.Chance(70) ? Make(ancestors, depth) : Make(new SetPlan(ancestors), depth))})";
            case 11:
                return Has();
            case 12:
                return $"({Make(PlainPlan.String, depth)} like \"{dice.Pick(Patterns)}\")";
            case 13:
                return $"({Entity(depth)} is {dice.Pick(world.TypeNames.AsSpan())}{(dice.Chance(40) ? $" in {Entity(depth)}" : "")})";
            case 14:
                var element = world.Any(0);
                var set = Make(new SetPlan(element), depth);
                return dice.Next(4) switch
                {
                    0 => $"{set}.isEmpty()",
                    1 => $"{set}.contains({Make(element, depth)})",
                    2 => $"{set}.containsAll({Make(new SetPlan(element), depth)})",
                    _ => $"{set}.containsAny({Make(new SetPlan(element), depth)})",
                };
            case 15:
                return dice.Chance(50)
                    ? $"{Make(PlainPlan.Decimal, depth)}.{dice.Pick("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")}({Make(PlainPlan.Decimal, depth)})"
                    : dice.Chance(50)
                        ? $"{Make(PlainPlan.Ip, depth)}.isInRange({Make(PlainPlan.Ip, depth)})"
                        : $"{Make(PlainPlan.Ip, depth)}.{dice.Pick("isIpv4", "isIpv6", "isLoopback", "isMulticast")}()";
            default:
                return $"{Entity(depth)}.hasTag({dice.Pick("\"t\"", "\"é\"", Make(PlainPlan.String, depth))})";
        }
    }

    private string Long(int depth) => dice.Next(8) switch
    {
        < 5 => $"({Make(PlainPlan.Long, depth)} {dice.Pick("+", "-", "*")} {Make(PlainPlan.Long, depth)})",
        5 => $"(-{Make(PlainPlan.Long, depth)})",
        6 => $"{Make(PlainPlan.Duration, depth)}.{dice.Pick("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")}()",
        _ => Tagged(PlainPlan.Long, depth) ?? Leaf(PlainPlan.Long),
    };

    private string DateCall(int depth) => dice.Chance(40) ? "toDate()" : $"offset({Make(PlainPlan.Duration, depth)})";

    private string Entity(int depth) => Make(new EntityPlan(dice.Pick(world.TypeNames.AsSpan())), depth);

    /// <summary>A tag of an entity whose tags have the type.</summary>
    private string? Tagged(TypePlan type, int depth)
    {
        var owners = world.TypeNames.Where(name => world.TagsOf(name) == type).ToArray();
        return owners.Length == 0 ? null : $"{Make(new EntityPlan(dice.Pick(owners)), depth)}.getTag({dice.Pick("\"t\"", "\"é\"")})";
    }

    private string Has()
    {
        var (text, shape) = dice.Pick(("principal", world.ShapeOf(principal)), ("resource", world.ShapeOf(resource)), ("context", world.Context));
        if (shape.Fields.IsEmpty || dice.Chance(10))
            return $"({text} has {dice.Pick("a", "level", "\"two words\"", "a.b.level")})";
        var field = dice.Pick(shape.Fields.AsSpan());
        if (dice.Chance(40) && Reached(field.Type) is { Fields.IsEmpty: false } inner && IsName(field.Name))
        {
            var deeper = dice.Pick(inner.Fields.AsSpan());
            if (IsName(deeper.Name))
                return $"({text} has {field.Name}.{deeper.Name})";
        }

        var has = $"{text} has {(IsName(field.Name) ? field.Name : Values.Quote(field.Name))}";
        return dice.Chance(60) ? $"({has})" : $"({has} && {Access(text, field.Name)} == {Make(field.Type, 0)})";
    }

    /// <summary>Something of the type that is at hand: a variable, an attribute of one, or a literal.</summary>
    private string Leaf(TypePlan type)
    {
        var found = new List<string>();
        Reach("principal", new EntityPlan(principal), type, found, 2);
        Reach("resource", new EntityPlan(resource), type, found, 2);
        Reach("context", world.Context, type, found, 2);
        if (found.Count == 0 || dice.Chance(35))
            return values.Literal(type) is var text && text.StartsWith('-') ? $"({text})" : text;
        return found[dice.Next(found.Count)];
    }

    private void Reach(string path, TypePlan at, TypePlan wanted, List<string> found, int depth)
    {
        if (at == wanted)
            found.Add(path);
        if (depth > 0 && Reached(at) is { } shape)
            foreach (var field in shape.Fields)
                Reach(Access(path, field.Name), field.Type, wanted, found, depth - 1);
    }

    private RecordPlan? Reached(TypePlan type) => type switch
    {
        RecordPlan record => record,
        EntityPlan entity => world.ShapeOf(entity.TypeName),
        _ => null,
    };

    private string Access(string path, string name) =>
        IsName(name) && dice.Chance(80) ? $"{path}.{name}" : $"{path}[{Values.Quote(name)}]";

    private static bool IsName(string name) => name != "if" && name.All(char.IsAsciiLetter);

    private static string Join(int count, Func<string> make) => string.Join(", ", Enumerable.Range(0, count).Select(_ => make()));
}
