using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vetopoint.Cli.Json;

/// <summary>Writes pieces of JSON in the manner of the text they go into.</summary>
internal static class JsonWriting
{
    /// <summary>A JSON string. Only what must be escaped is: the file is read by people and never put into HTML.</summary>
    public static string Quote(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>The edit that puts texts before the first item of an array, one per line when its items stand so.</summary>
    public static TextEdit Prepend(byte[] bytes, JsonNode array, IReadOnlyList<string> texts)
    {
        var open = array.Start + 1;
        var separator = array.Items.Count > 0 ? Gap(bytes, open, array.Items[0].Start) : string.Empty;
        var between = separator.Contains('\n', StringComparison.Ordinal) ? "," + separator : ", ";
        var written = string.Join(between, texts.Select(Quote));
        return array.Items.Count > 0
            ? new TextEdit(array.Items[0].Start, 0, written + between)
            : new TextEdit(open, 0, written);
    }

    /// <summary>The edit that adds a member at the end of an object, in a line of its own when the members stand so.</summary>
    public static TextEdit Append(byte[] bytes, JsonNode parent, string name, string value)
    {
        if (parent.Members.Count is 0)
        {
            var outer = Indentation(bytes, parent.Start);
            var newLine = NewLine(bytes);
            return new TextEdit(parent.Start + 1, 0, $"{newLine}{outer}  {Quote(name)}: {value}{(HasLineBreak(bytes, parent) ? string.Empty : newLine + outer)}");
        }

        var last = parent.Members[^1];
        var gap = Gap(bytes, parent.Members.Count > 1 ? parent.Members[^2].Value.End : parent.Start + 1, last.NameStart);
        return new TextEdit(last.Value.End, 0, $",{(gap.Length > 0 ? gap : " ")}{Quote(name)}: {value}");
    }

    /// <summary>The line break that this file uses.</summary>
    public static string NewLine(byte[] bytes) => bytes.AsSpan().IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";

    /// <summary>The blanks that begin the line of a place.</summary>
    public static string Indentation(byte[] bytes, int at)
    {
        var start = bytes.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        var end = start;
        while (end < at && bytes[end] is (byte)' ' or (byte)'\t')
            end++;
        return Encoding.ASCII.GetString(bytes, start, end - start);
    }

    private static bool HasLineBreak(byte[] bytes, JsonNode node) => bytes.AsSpan(node.Start, node.Length).Contains((byte)'\n');

    /// <summary>The blanks right before a place: line break and indentation, without a comment that may stand before them.</summary>
    private static string Gap(byte[] bytes, int from, int to)
    {
        var start = to;
        while (start > from && bytes[start - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            start--;
        return Encoding.ASCII.GetString(bytes, start, to - start);
    }
}
