using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Tokens;

/// <summary>
/// The keys that task tokens are signed with, in files of the owner alone. The newest signs; one that was followed stays published until
/// nothing it signed can be good any more.
/// </summary>
public sealed class SigningKeys : IDisposable
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;
    private const string Prefix = "signing-";
    private const string Suffix = ".pem";

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Lock _changing = new();
    private ImmutableArray<SigningKey> _keys; // newest first; swapped whole under the lock

    private SigningKeys(string folder, TimeProvider time)
    {
        _folder = folder;
        _time = time;
    }

    internal ImmutableArray<SigningKey> All => _keys;

    /// <summary>Reads the keys of a folder, and makes one where there is none or the newest is old.</summary>
    /// <exception cref="IOException">They cannot be read or written.</exception>
    public static SigningKeys Open(string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("The engine needs Unix file modes.");
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
        var keys = new SigningKeys(folder, time);
        keys._keys = [.. Directory.EnumerateFiles(folder, Prefix + "*" + Suffix).Select(Read).OrderByDescending(static key => key.MadeAt)];
        keys.Forget();
        if (keys._keys.IsEmpty || time.GetUtcNow() - keys._keys[0].MadeAt > IdentityLimits.SigningKeyAgeMax)
            keys.Rotate();
        return keys;
    }

    /// <summary>Makes a new key that signs from now on. What was signed before stays good.</summary>
    /// <returns>The new key's id.</returns>
    public string Rotate()
    {
        lock (_changing)
        {
            // Names have the second a key was made in; a second rotation within one must not write over the first.
            var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
            if (!_keys.IsDefaultOrEmpty && now <= _keys[0].MadeAt)
                now = _keys[0].MadeAt.AddSeconds(1);
            var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var path = Path.Combine(_folder, $"{Prefix}{now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}{Suffix}");
            WriteWhole(path, made.ExportPkcs8PrivateKeyPem());
            var key = new SigningKey(made, now, path);
            _keys = _keys.IsDefault ? [key] : _keys.Insert(0, key);
            Forget();
            return key.Id;
        }
    }

    public void Dispose()
    {
        foreach (var key in _keys)
            key.Dispose();
    }

    internal SigningKey? Find(string? id)
    {
        foreach (var key in _keys)
        {
            if (key.Id == id)
                return key;
        }

        return null;
    }

    /// <summary>The key that signs now.</summary>
    internal SigningKey Signer()
    {
        if (_time.GetUtcNow() - _keys[0].MadeAt > IdentityLimits.SigningKeyAgeMax)
            Rotate();
        return _keys[0];
    }

    /// <summary>Leaves out keys that were followed so long ago that nothing they signed is good.</summary>
    private void Forget()
    {
        if (_keys.IsDefaultOrEmpty)
            return;
        var kept = ImmutableArray.CreateBuilder<SigningKey>();
        kept.Add(_keys[0]);
        for (var i = 1; i < _keys.Length; i++)
        {
            if (_time.GetUtcNow() - _keys[i - 1].MadeAt <= IdentityLimits.SigningKeyOverlap)
                kept.Add(_keys[i]);
            else
                File.Delete(_keys[i].Path);
        }

        _keys = kept.ToImmutable();
    }

    private static SigningKey Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnlyFile) != 0)
            throw new IOException($"The key `{path}` is open to others than its owner. Anyone may have it: delete it, and the engine makes another.");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            var name = Path.GetFileNameWithoutExtension(path)[Prefix.Length..];
            return new SigningKey(key, DateTimeOffset.FromUnixTimeSeconds(long.Parse(name, CultureInfo.InvariantCulture)), path);
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException or FormatException or OverflowException)
        {
            key.Dispose();
            throw new IOException($"The key `{path}` cannot be read. Delete it, and the engine makes another.", wrong);
        }
    }

    /// <summary>A key that is written by halves would keep the engine from starting.</summary>
    private static void WriteWhole(string path, string pem)
    {
        var half = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnlyFile;
        using (var file = new FileStream(half, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(pem));
            file.Flush(flushToDisk: true);
        }

        File.Move(half, path);
    }
}

/// <summary>One key that signs task tokens, or did.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    public SigningKey(ECDsa key, DateTimeOffset madeAt, string path)
    {
        _key = key;
        MadeAt = madeAt;
        Path = path;
        var verifier = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
        Public = ProofKey.Of(verifier);
        Credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = Public.Thumbprint }, SecurityAlgorithms.EcdsaSha256);
    }

    public string Id => Public.Thumbprint;

    public DateTimeOffset MadeAt { get; }

    public string Path { get; }

    public ProofKey Public { get; }

    public SigningCredentials Credentials { get; }

    /// <summary>As it is published (RFC 7517).</summary>
    public JsonWebKey ToJsonWebKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonWebKey
        {
            Kty = "EC",
            Crv = "P-256",
            X = Base64Url.EncodeToString(point.X),
            Y = Base64Url.EncodeToString(point.Y),
            Kid = Id,
            Use = "sig",
            Alg = SecurityAlgorithms.EcdsaSha256,
        };
    }

    public void Dispose()
    {
        Public.Dispose();
        _key.Dispose();
    }
}
