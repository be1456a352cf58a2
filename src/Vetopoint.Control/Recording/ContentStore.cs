using System.Buffers;
using System.Security.Cryptography;

namespace Vetopoint.Control.Recording;

/// <summary>
/// Files named by the SHA-256 of what they hold, in a folder that only the engine's user reads. What the record names by digest
/// (policy sets, definitions of tools) is found here, and is checked each time it is read.
/// </summary>
internal sealed class ContentStore
{
    private const int DigestCharacters = 2 * SHA256.HashSizeInBytes;

    private static readonly SearchValues<char> DigestAlphabet = SearchValues.Create("0123456789abcdef");

    private readonly string _folder;

    public ContentStore(ControlOptions options) => _folder = options.ContentsFolder;

    public static string DigestOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Keeps content under its own digest. It is on disk when this returns.</summary>
    /// <exception cref="IOException">It could not be kept.</exception>
    public async Task<string> KeepAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var digest = DigestOf(content.Span);
        await KeepAsync(digest, content, cancellationToken);
        return digest;
    }

    /// <summary>Keeps content under a digest that is taken over a part of it, or over another spelling.</summary>
    /// <exception cref="IOException">It could not be kept.</exception>
    public async Task KeepAsync(string digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = PathOf(digest);
        if (File.Exists(path) && (await File.ReadAllBytesAsync(path, cancellationToken)).AsSpan().SequenceEqual(content.Span))
            return;

        await PrivateFile.WriteAsync(_folder, digest, content, cancellationToken);
    }

    /// <summary>The content of a digest; null when it is not kept.</summary>
    /// <exception cref="InvalidDataException">What is kept under this name is not the content of the digest.</exception>
    public Task<ReadOnlyMemory<byte>?> ReadAsync(string digest, CancellationToken cancellationToken) =>
        ReadAsync(digest, static content => DigestOf(content.Span), cancellationToken);

    /// <summary>The content of a digest that <paramref name="digestOf"/> takes; null when it is not kept.</summary>
    /// <exception cref="InvalidDataException">What is kept under this name is not the content of the digest.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(
        string digest, Func<ReadOnlyMemory<byte>, string?> digestOf, CancellationToken cancellationToken)
    {
        var path = PathOf(digest);
        if (!File.Exists(path))
            return null;
        ReadOnlyMemory<byte> content = await File.ReadAllBytesAsync(path, cancellationToken);
        if (digestOf(content) != digest)
        {
            throw new InvalidDataException(
                $"{ControlCodes.ContentChanged}: `{path}` was changed: it does not have the digest that it is named by. Restore it, or remove it and accept or activate again what it held.");
        }

        return content;
    }

    /// <summary>True when something is kept under this digest.</summary>
    public bool Has(string digest) => File.Exists(PathOf(digest));

    /// <summary>Forgets content that nothing names any more.</summary>
    public void Remove(string digest) => File.Delete(PathOf(digest));

    private string PathOf(string digest)
    {
        // A digest from a request or a record is not trusted to be one: it becomes a file name.
        if (digest.Length != DigestCharacters || digest.AsSpan().ContainsAnyExcept(DigestAlphabet))
            throw new ArgumentException($"`{digest}` is not a SHA-256 digest in lower-case hexadecimal.", nameof(digest));
        return Path.Combine(_folder, digest);
    }
}
