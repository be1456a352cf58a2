using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Vetopoint.Api.Configuration;

/// <summary>One object of the config while it is checked. Every wrong value becomes a problem and yields its default.</summary>
internal sealed class ConfigObject
{
    private readonly ConfigText _text;
    private readonly ConfigNode? _node;
    private readonly string _path;

    /// <param name="node">The value that should be an object; null when it is absent.</param>
    /// <param name="known">Allowed keys; empty allows any.</param>
    public ConfigObject(ConfigText text, ConfigNode? node, string path, ImmutableArray<string> known)
    {
        _text = text;
        _path = path;
        if (node is { Kind: not JsonValueKind.Object })
        {
            Wrong(node, path, "an object");
            node = null;
        }

        _node = node;
        if (known.IsEmpty)
            return;
        foreach (var member in Members)
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                text.Report("VP1003", member.Offset, $"There is no setting `{PathOf(member.Name)}`.",
                    Suggestion.Help(member.Name, known));
            }
        }
    }

    public IReadOnlyList<ConfigMember> Members => _node?.Members ?? [];

    public int Offset => _node?.Offset ?? 0;

    public ConfigNode? Find(string name)
    {
        foreach (var member in Members)
        {
            if (string.Equals(member.Name, name, StringComparison.Ordinal))
                return member.Value;
        }

        return null;
    }

    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    public void Report(string code, int offset, string message, string help) => _text.Report(code, offset, message, help);

    public ConfigObject Child(string name, ImmutableArray<string> known) => new(_text, Find(name), PathOf(name), known);

    public ConfigObject Child(ConfigMember member, ImmutableArray<string> known) =>
        new(_text, member.Value, PathOf(member.Name), known);

    public string? Text(string name)
    {
        var node = Find(name);
        if (node is null)
            return null;
        if (node.Kind == JsonValueKind.String)
            return node.Text;
        Wrong(node, PathOf(name), "a string");
        return null;
    }

    public string Choice(string name, ImmutableArray<string> choices)
    {
        var text = Text(name);
        if (text is null)
            return choices[0];
        if (choices.Contains(text, StringComparer.Ordinal))
            return text;
        Report("VP1006", Find(name)!.Offset, $"`{PathOf(name)}` cannot be `{text}`.", Suggestion.Help(text, choices));
        return choices[0];
    }

    public bool Flag(string name)
    {
        var node = Find(name);
        if (node is null or { Kind: JsonValueKind.False })
            return false;
        if (node.Kind == JsonValueKind.True)
            return true;
        Wrong(node, PathOf(name), "true or false");
        return false;
    }

    public long Number(string name, long absent, long min, long max)
    {
        var node = Find(name);
        if (node is null)
            return absent;
        if (node.Kind != JsonValueKind.Number)
        {
            Wrong(node, PathOf(name), "a number");
            return absent;
        }

        if (long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
        {
            return value;
        }

        Report("VP1006", node.Offset, $"`{PathOf(name)}` cannot be `{node.Text}`.", $"Give a whole number from {min} to {max}.");
        return absent;
    }

    /// <summary>A number from 0 to 1.</summary>
    public double Fraction(string name, double absent)
    {
        var node = Find(name);
        if (node is null)
            return absent;
        if (node.Kind != JsonValueKind.Number)
        {
            Wrong(node, PathOf(name), "a number");
            return absent;
        }

        if (double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
            return value;
        Report("VP1006", node.Offset, $"`{PathOf(name)}` cannot be `{node.Text}`.", "Give a number from 0 to 1.");
        return absent;
    }

    public TimeSpan Duration(string name, TimeSpan absent, TimeSpan min, TimeSpan max)
    {
        var text = Text(name);
        if (text is null)
            return absent;
        if (TimeSpan.TryParseExact(text, ["c", @"d\.hh\:mm\:ss", @"hh\:mm\:ss"], CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
        {
            return value;
        }

        Report("VP1006", Find(name)!.Offset, $"`{PathOf(name)}` cannot be `{text}`.",
            $"Give a time as `hours:minutes:seconds`, such as `01:30:00`, from {min:c} to {max:c}.");
        return absent;
    }

    public ImmutableArray<string> Texts(string name, ImmutableArray<string> absent)
    {
        var node = Find(name);
        if (node is null)
            return absent;
        if (node.Kind != JsonValueKind.Array)
        {
            Wrong(node, PathOf(name), "a list of strings");
            return absent;
        }

        var texts = ImmutableArray.CreateBuilder<string>(node.Items.Count);
        foreach (var item in node.Items)
        {
            if (item.Kind == JsonValueKind.String)
                texts.Add(item.Text);
            else
                Wrong(item, PathOf(name), "a list of strings");
        }

        return texts.ToImmutable();
    }

    public FrozenDictionary<string, string> TextMap(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var child = Child(name, []);
        foreach (var member in child.Members)
        {
            if (member.Value.Kind == JsonValueKind.String)
                map[member.Name] = member.Value.Text;
            else
                child.Wrong(member.Value, child.PathOf(member.Name), "a string");
        }

        return map.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>A value as JSON, without the comments of the config.</summary>
    public string Json(ConfigNode node)
    {
        using var value = JsonDocument.Parse(
            _text.InPlace(node), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = ConfigLimits.DepthMax });
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
            value.RootElement.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private void Wrong(ConfigNode node, string path, string wanted) =>
        Report("VP1004", node.Offset, $"`{(path.Length == 0 ? "the config" : path)}` is {Spoken(node.Kind)}, not {wanted}.", "");

    private static string Spoken(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
    };
}
