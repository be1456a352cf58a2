using System.Globalization;
using System.Text.Json.Nodes;
using Vetopoint.Cedar.Values;
using Vetopoint.Testing.Cedar.Cases;

namespace Vetopoint.Testing.Cedar.Generation;

/// <summary>Random values of a type, as JSON and as policy text.</summary>
internal sealed class Values(Dice dice, World world)
{
    private static readonly string[] Texts = ["", "a", "ab", "a*b", "b\nb", "\"q\\", "é", "e\u0301", "\U0001F600", "10"];

    /// <summary>In JSON no number is beyond what JavaScript holds exactly.</summary>
    private static readonly long[] Numbers = [0, 1, 2, 3, -1, 100, 9_007_199_254_740_991, -9_007_199_254_740_991];

    private static readonly long[] Extremes = [long.MaxValue, long.MinValue, long.MaxValue - 1];

    public string Text() => dice.Pick(Texts);

    public JsonNode Json(TypePlan type) => type switch
    {
        PlainPlan { Name: "Long" } => dice.Pick(Numbers),
        PlainPlan { Name: "String" } => Text(),
        PlainPlan { Name: "Bool" } => dice.Chance(50),
        PlainPlan extension => new JsonObject { ["__extn"] = new JsonObject { ["fn"] = Constructor(extension), ["arg"] = ExtensionText(extension, mayBeBad: false) } },
        EntityPlan entity => CaseJson.Reference(world.Uid(entity.TypeName)),
        SetPlan set => new JsonArray([.. Enumerable.Range(0, dice.Next(4)).Select(_ => Json(set.Element))]),
        RecordPlan record => new JsonObject(record.Fields
            .Where(field => !field.IsOptional || dice.Chance(60))
            .Select(field => KeyValuePair.Create(field.Name, (JsonNode?)Json(field.Type)))),
        _ => throw new InvalidOperationException($"No value of {type}."),
    };

    /// <summary>A literal, or a constructor called with one.</summary>
    public string Literal(TypePlan type) => type switch
    {
        PlainPlan { Name: "Long" } => (dice.Chance(10) ? dice.Pick(Extremes) : dice.Pick(Numbers)).ToString(CultureInfo.InvariantCulture),
        PlainPlan { Name: "String" } => Quote(Text()),
        PlainPlan { Name: "Bool" } => dice.Pick("true", "false"),
        PlainPlan extension => $"{Constructor(extension)}({Quote(ExtensionText(extension, mayBeBad: true))})",
        EntityPlan entity => world.Uid(entity.TypeName).ToString(),
        SetPlan set => $"[{string.Join(", ", Enumerable.Range(0, dice.Next(4)).Select(_ => Literal(set.Element)))}]",
        RecordPlan record => $"{{{string.Join(", ", record.Fields.Where(_ => dice.Chance(70)).Select(field => $"{Quote(field.Name)}: {Literal(field.Type)}"))}}}",
        _ => throw new InvalidOperationException($"No literal of {type}."),
    };

    public static string Quote(string text) => new CedarString(text).ToString();

    private static string Constructor(PlainPlan type) => type.Name == "ipaddr" ? "ip" : type.Name;

    private string ExtensionText(PlainPlan type, bool mayBeBad)
    {
        if (mayBeBad && dice.Chance(8))
            return dice.Pick("", "x", "1.23456", "300.0.0.1", "2024-02-30", "1s1m", "1", "-");
        return type.Name switch
        {
            "decimal" => dice.Pick("0.0", "1.5", "-0.5", "1.50", "922337203685477.5807", "-922337203685477.5808"),
            "ipaddr" => dice.Pick("10.0.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "ff00::/8", "1:2:3:4::/64", "224.0.0.1", "0.0.0.0/0"),
            "datetime" => dice.Pick("2024-10-15", "1970-01-01", "2024-10-15T11:38:02Z", "2024-10-15T11:38:02.101Z", "2024-10-15T11:38:02+0130", "0000-01-01", "9999-12-31"),
            _ => dice.Pick("1h", "-1h", "1d2h3m4s5ms", "0ms", "106751991167d", "-1ms"),
        };
    }
}
