using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Cli.Clients;

namespace Vetopoint.Cli.Workloads;

/// <summary>A workload's own key, in a file of its owner alone. The engine knows the public part only.</summary>
internal sealed class WorkloadKey : IDisposable
{
    private readonly ECDsa _key;

    private WorkloadKey(ECDsa key) => _key = key;

    /// <summary>As the config names it.</summary>
    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    /// <summary>Makes a key in a new file.</summary>
    /// <exception cref="CliException">The file is there already.</exception>
    public static WorkloadKey Create(string path)
    {
        if (File.Exists(path))
            throw new CliException("VP7120", $"The file `{path}` is there already.", "Nothing was changed. Name another with `--file`, or remove it.", ExitCodes.Problem);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ConfigFiles.Replace(path, expected: null, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        return new WorkloadKey(key);
    }

    /// <exception cref="CliException">It is not a P-256 key in PEM, or others can read it.</exception>
    public static WorkloadKey Open(string path)
    {
        const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new CliException("VP7121", $"The key `{path}` is open to others than its owner.", $"Anyone may have it. Make a new one; `chmod 600 {path}` closes this one.", ExitCodes.Problem);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Encoding.UTF8.GetString(ConfigFiles.Read(path)));
            if (key.KeySize == 256)
                return new WorkloadKey(key);
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            // Told below, as any other file that is no such key.
        }

        key.Dispose();
        throw new CliException("VP7122", $"The file `{path}` has no P-256 private key in PEM.", "`vetopoint workload key` makes one.", ExitCodes.Problem);
    }

    /// <summary>A statement of who this is, for one engine, for a minute, once.</summary>
    public string Assertion(string name, string audience, TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return Sign(
            new JsonObject { ["typ"] = "vetopoint-workload+jwt", ["alg"] = "ES256" },
            new JsonObject { ["iss"] = name, ["sub"] = name, ["aud"] = audience, ["iat"] = now, ["exp"] = now + 60, ["jti"] = DrawId() });
    }

    /// <summary>A proof of having the key, for one request (RFC 9449).</summary>
    public string Proof(string method, string target, string nonce, TimeProvider time)
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        return Sign(
            new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = jwk },
            new JsonObject { ["jti"] = DrawId(), ["htm"] = method, ["htu"] = target, ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce });
    }

    public void Dispose() => _key.Dispose();

    private static string DrawId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private string Sign(JsonObject header, JsonObject payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
