using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Control.Recording;

namespace Vetopoint.Control.Leases;

/// <summary>
/// Small secrets on disk, one file each, encrypted (AES-256-GCM, bound to their names) with a key in the same folder. What this protects is a
/// copy of single files: whoever reads the whole folder as the engine's user reads the secrets.
/// </summary>
public sealed class SealedFolder
{
    /// <summary>Bytes of one secret.</summary>
    public const int BytesMax = 64 * 1024;

    private const string KeyName = ".key";
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int NameCharactersMax = 64;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder;
    private readonly Lock _drawing = new();

    /// <param name="folder">Its own; made when the first secret comes.</param>
    public SealedFolder(string folder) => _folder = folder;

    /// <summary>True for letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, beginning with a letter or digit.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= NameCharactersMax && char.IsAsciiLetterOrDigit(name[0])
            && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
    }

    /// <summary>The names of all secrets.</summary>
    public ImmutableArray<string> Names() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateFiles(_folder).Select(static path => Path.GetFileName(path)).Where(static name => IsName(name)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>A secret; null when there is none of this name.</summary>
    /// <exception cref="LeaseException">It was changed, or the key is missing, or others can read either.</exception>
    public byte[]? Read(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
            return null;
        RequireOwnerOnly(path);
        var kept = File.ReadAllBytes(path);
        if (kept.Length < NonceBytes + TagBytes)
            throw Changed(path, null);
        var secret = new byte[kept.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Key(mayDraw: false), TagBytes);
        try
        {
            cipher.Decrypt(
                kept.AsSpan(0, NonceBytes), kept.AsSpan(NonceBytes, secret.Length), kept.AsSpan(NonceBytes + secret.Length), secret, Encoding.ASCII.GetBytes(name));
        }
        catch (AuthenticationTagMismatchException fault)
        {
            throw Changed(path, fault);
        }

        return secret;
    }

    /// <summary>Keeps a secret in place of one of the same name. It is on disk when this returns.</summary>
    /// <exception cref="IOException">It could not be kept; the one before is still there.</exception>
    /// <exception cref="LeaseException">The key cannot be used.</exception>
    public void Write(string name, ReadOnlySpan<byte> secret)
    {
        _ = PathOf(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(secret.Length, BytesMax, nameof(secret));
        MakeFolder();
        var kept = new byte[NonceBytes + secret.Length + TagBytes];
        RandomNumberGenerator.Fill(kept.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(Key(mayDraw: true), TagBytes);
        cipher.Encrypt(
            kept.AsSpan(0, NonceBytes), secret, kept.AsSpan(NonceBytes, secret.Length), kept.AsSpan(NonceBytes + secret.Length), Encoding.ASCII.GetBytes(name));
        PrivateFile.Write(_folder, name, kept);
    }

    /// <summary>Forgets a secret; false when there was none.</summary>
    public bool Remove(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
            return false;
        File.Delete(path);
        return true;
    }

    private byte[] Key(bool mayDraw)
    {
        lock (_drawing)
        {
            var path = Path.Combine(_folder, KeyName);
            if (!File.Exists(path))
            {
                if (!mayDraw || !Names().IsEmpty)
                {
                    throw new LeaseException(
                        $"{ControlCodes.SecretsUnusable}: `{path}` is missing, so what lies beside it cannot be read. Restore it from a backup, or remove the folder and set its secrets anew.");
                }

                PrivateFile.Write(_folder, KeyName, RandomNumberGenerator.GetBytes(KeyBytes));
            }

            RequireOwnerOnly(path);
            var key = File.ReadAllBytes(path);
            return key.Length == KeyBytes
                ? key
                : throw new LeaseException(
                    $"{ControlCodes.SecretsUnusable}: `{path}` does not hold a key. Restore it from a backup, or remove the folder and set its secrets anew.");
        }
    }

    private static void RequireOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            throw new LeaseException(
                $"{ControlCodes.SecretsUnusable}: Others can use `{path}`. Run `chmod 600` on it, and change the secrets if someone may have read them.");
        }
    }

    private static LeaseException Changed(string path, Exception? fault) => new(
        $"{ControlCodes.SecretsUnusable}: `{path}` was changed, or belongs to another key. Restore it from a backup, or set it anew.", fault!);

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else
            Directory.CreateDirectory(_folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    private string PathOf(string name) => IsName(name)
        ? Path.Combine(_folder, name)
        : throw new ArgumentException($"`{name}` cannot be the name of a secret.", nameof(name));
}
