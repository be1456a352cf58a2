using ModelContextProtocol.Protocol;

namespace Vetopoint.ConformanceServer;

/// <summary>The smallest valid image and sound, and short-hands for content.</summary>
internal static class Samples
{
    /// <summary>A PNG of one red pixel.</summary>
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==");

    /// <summary>A WAV file without any sample.</summary>
    public static readonly byte[] Wav = Convert.FromBase64String("UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=");

    public static ImageContentBlock Image() => ImageContentBlock.FromBytes(Png, "image/png");

    public static TextContentBlock Text(string text) => new() { Text = text };

    public static CallToolResult Result(params ReadOnlySpan<ContentBlock> content) => new() { Content = [.. content] };

    public static EmbeddedResourceBlock Embedded(string uri, string mimeType, string text) => new()
    {
        Resource = new TextResourceContents { Uri = uri, MimeType = mimeType, Text = text },
    };
}
