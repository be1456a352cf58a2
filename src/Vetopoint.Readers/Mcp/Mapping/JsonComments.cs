namespace Vetopoint.Readers.Mcp.Mapping;

/// <summary>Comments and trailing commas of a config, made blank so that every byte keeps its place.</summary>
internal static class JsonComments
{
    public static ReadOnlyMemory<byte> Blanked(ReadOnlyMemory<byte> json)
    {
        var bytes = json.ToArray();
        var comma = -1;
        for (var i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'"':
                    i = EndOfString(bytes, i);
                    comma = -1;
                    break;
                case (byte)'/' when i + 1 < bytes.Length && bytes[i + 1] is (byte)'/' or (byte)'*':
                    i = BlankComment(bytes, i);
                    break;
                case (byte)',':
                    comma = i;
                    break;
                case (byte)'}' or (byte)']' when comma >= 0:
                    bytes[comma] = (byte)' ';
                    comma = -1;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    break;
                default:
                    comma = -1;
                    break;
            }
        }

        return bytes;
    }

    private static int EndOfString(byte[] bytes, int i)
    {
        for (i++; i < bytes.Length && bytes[i] != (byte)'"'; i++)
        {
            if (bytes[i] == (byte)'\\')
                i++;
        }

        return i;
    }

    private static int BlankComment(byte[] bytes, int i)
    {
        var isLine = bytes[i + 1] == (byte)'/';
        var end = bytes.AsSpan(i + 2).IndexOf(isLine ? "\n"u8 : "*/"u8);
        // A block comment that never ends is left as it is, so that it is reported.
        if (end < 0 && !isLine)
            return bytes.Length;
        var stop = end < 0 ? bytes.Length : i + 2 + end + (isLine ? 0 : 2);
        for (; i < stop; i++)
        {
            if (bytes[i] != (byte)'\n')
                bytes[i] = (byte)' ';
        }

        return stop - 1;
    }
}
