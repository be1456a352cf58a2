using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Brokers.Aws;

/// <summary>AWS Signature Version 4 of a POST with a form, with the headers <c>content-type</c>, <c>host</c> and <c>x-amz-date</c>.</summary>
internal static class RequestSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string SignedHeaders = "content-type;host;x-amz-date";

    /// <summary>The values of <c>Authorization</c> and <c>x-amz-date</c>.</summary>
    public static (string Authorization, string Date) Of(
        Uri address, string contentType, string body, string accessKeyId, string secretAccessKey, string region, string service, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = time[..8];
        var host = address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port}";
        var canonical = string.Join(
            '\n', "POST", address.AbsolutePath, "", $"content-type:{contentType}", $"host:{host}", $"x-amz-date:{time}", "", SignedHeaders, Hash(body));
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = string.Join('\n', Algorithm, time, scope, Hash(canonical));
        var key = Keyed(Keyed(Keyed(Keyed(Encoding.UTF8.GetBytes("AWS4" + secretAccessKey), day), region), service), "aws4_request");
        var signature = Convert.ToHexStringLower(Keyed(key, toSign));
        return ($"{Algorithm} Credential={accessKeyId}/{scope}, SignedHeaders={SignedHeaders}, Signature={signature}", time);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] Keyed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
