using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vetopoint.Brokers.Http;
using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.GitHub;

/// <summary>The token by which an App shows that it is itself: RS256, valid for some minutes.</summary>
internal static class AppToken
{
    /// <summary>The API refuses more than ten minutes; clocks may differ by one.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <exception cref="LeaseException">The key is none.</exception>
    public static string Make(string app, string privateKey, string lease, DateTimeOffset now)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(privateKey);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            throw new LeaseException($"{BrokerCodes.KeyUnusable}: The private key of `{lease}` is not an RSA key in PEM. Give the key that the App's settings page made.", fault);
        }

        var head = Part("""{"alg":"RS256","typ":"JWT"}""");
        var claims = Part(
            $$"""{"iat":{{(now - Skew).ToUnixTimeSeconds()}},"exp":{{(now + Life).ToUnixTimeSeconds()}},"iss":{{JsonSerializer.Serialize(app, JsonText.Default.String)}}}""");
        var signed = $"{head}.{claims}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
