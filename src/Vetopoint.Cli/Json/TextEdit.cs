using System.Text;

namespace Vetopoint.Cli.Json;

/// <summary>Some bytes of a file that become others.</summary>
internal sealed record TextEdit(int Start, int Length, byte[] Replacement)
{
    public TextEdit(int start, int length, string replacement) : this(start, length, Encoding.UTF8.GetBytes(replacement)) { }

    /// <summary>The file with all edits made. They may not overlap.</summary>
    public static byte[] Apply(byte[] bytes, IEnumerable<TextEdit> edits)
    {
        using var result = new MemoryStream(bytes.Length);
        var position = 0;
        foreach (var edit in edits.OrderBy(edit => edit.Start))
        {
            if (edit.Start < position)
                throw new InvalidOperationException("Two edits overlap.");
            result.Write(bytes, position, edit.Start - position);
            result.Write(edit.Replacement);
            position = edit.Start + edit.Length;
        }

        result.Write(bytes, position, bytes.Length - position);
        return result.ToArray();
    }
}
