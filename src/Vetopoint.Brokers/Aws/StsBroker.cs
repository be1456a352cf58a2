using System.Globalization;
using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Vetopoint.Brokers.Http;
using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.Aws;

/// <summary>
/// Sessions of a role, held to a session policy. AWS has no call that ends one session, so a lease ends with its duration: until then it counts
/// as not revoked, and is listed as stuck. Keep the duration short.
/// </summary>
public sealed class StsBroker(StsTarget target, TimeProvider time) : ILeaseBroker, IDisposable
{
    private const string FormType = "application/x-www-form-urlencoded; charset=utf-8";

    private readonly BrokerHttp _http = new();

    public async Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = Form(
            ("Action", "AssumeRole"),
            ("DurationSeconds", ((long)target.Duration.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            ("Policy", target.SessionPolicy),
            ("RoleArn", target.Role),
            ("RoleSessionName", $"vp-{request.Id}"),
            ("Version", "2011-06-15"));
        using var asking = new HttpRequestMessage(HttpMethod.Post, target.Endpoint);
        var (authorization, date) = RequestSignature.Of(
            target.Endpoint, FormType, body, target.AccessKeyId, target.SecretAccessKey, target.Region, "sts", time.GetUtcNow());
        asking.Headers.TryAddWithoutValidation("Authorization", authorization);
        asking.Headers.TryAddWithoutValidation("x-amz-date", date);
        asking.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        asking.Content.Headers.TryAddWithoutValidation("Content-Type", FormType);
        var (_, answer) = await _http.AskAsync(asking, request.Name, [HttpStatusCode.OK], cancellationToken);
        var credentials = CredentialsOf(answer, request.Name);
        return new LeasedCredential(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["access_key_id"] = Text(credentials, "AccessKeyId", request.Name),
                ["secret_access_key"] = Text(credentials, "SecretAccessKey", request.Name),
                ["session_token"] = Text(credentials, "SessionToken", request.Name),
            },
            "session_token",
            DateTimeOffset.TryParse(Text(credentials, "Expiration", request.Name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var ends)
                ? ends
                : throw BrokerHttp.Unusable(request.Name));
    }

    public Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return time.GetUtcNow() >= lease.ExpiresAt
            ? Task.CompletedTask
            : throw new LeaseException(
                $"{BrokerCodes.TargetRefused}: AWS cannot end the session `vp-{lease.Id}` of `{lease.Name}` before {lease.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}. If it has to end now, deny it in the role's policy (aws:userid ends with the session's name).");
    }

    public void Dispose() => _http.Dispose();

    private static XElement CredentialsOf(byte[] answer, string lease)
    {
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(answer), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader).Descendants().FirstOrDefault(static element => element.Name.LocalName == "Credentials")
                ?? throw BrokerHttp.Unusable(lease);
        }
        catch (XmlException fault)
        {
            throw BrokerHttp.Unusable(lease, fault);
        }
    }

    private static string Text(XElement credentials, string name, string lease) =>
        credentials.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value is { Length: > 0 } text ? text : throw BrokerHttp.Unusable(lease);

    private static string Form(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var form = new StringBuilder();
        foreach (var (name, value) in fields)
            form.Append(form.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return form.ToString();
    }
}
