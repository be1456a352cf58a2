using System.Collections.Immutable;
using System.Text;
using Vetopoint.Control.Recording;

namespace Vetopoint.Control.Policies;

/// <summary>
/// The list of a set's files with the digest of each, sorted by name. Its own digest is the set's: it changes with any name and any byte.
/// </summary>
internal static class PolicySetManifest
{
    private const string Header = "vetopoint policy set v1";
    private const string Separator = "  ";

    /// <summary>Writes the manifest of files whose names are without line breaks and sorted.</summary>
    public static byte[] Write(ImmutableArray<PolicyFile> files)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var file in files)
            text.Append(ContentStore.DigestOf(file.Content.Span)).Append(Separator).Append(file.Name).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads the names and digests back. The bytes were checked against the set's digest before.</summary>
    public static IEnumerable<(string Name, string Digest)> Read(ReadOnlyMemory<byte> manifest)
    {
        foreach (var line in Encoding.UTF8.GetString(manifest.Span).Split('\n').Skip(1).Where(line => line.Length > 0))
        {
            var end = line.IndexOf(Separator, StringComparison.Ordinal);
            if (end < 0)
                throw new InvalidDataException($"{ControlCodes.ContentChanged}: What is kept of the policy set is not the list of its files.");
            yield return (line[(end + Separator.Length)..], line[..end]);
        }
    }
}
