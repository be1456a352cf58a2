using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>An issuer of workload tokens with discovery, as a cluster or a CI service has one.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestIssuer(WebApplication app) => _app = app;

    public RSA Rsa { get; private set; } = RSA.Create(2048);

    public string KeyId { get; private set; } = "rsa-1";

    public string Url { get; private set; } = "";

    /// <summary>What it says of itself, where it is to lie.</summary>
    public string? NamedAs { get; set; }

    public bool IsDown { get; set; }

    public int Asked { get; private set; }

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        issuer.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return issuer;
    }

    public void Rotate()
    {
        Rsa.Dispose();
        Rsa = RSA.Create(2048);
        KeyId += "+";
    }

    /// <summary>A token of a job, with whatever is to be wrong.</summary>
    public string Token(string audience, Action<JsonObject>? header = null, Action<JsonObject>? payload = null, RSASignaturePadding? padding = null, RSA? key = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = KeyId };
        var body = new JsonObject
        {
            ["iss"] = Url,
            ["sub"] = "repo:acme/app:ref:refs/heads/main",
            ["aud"] = audience,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 300,
            ["ref"] = "refs/heads/main",
            ["run"] = new JsonObject { ["kind"] = "release" },
        };
        header?.Invoke(head);
        payload?.Invoke(body);
        var signed = $"{Jose.Encode(head.ToJsonString())}.{Jose.Encode(body.ToJsonString())}";
        return $"{signed}.{Jose.Encode((key ?? Rsa).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, padding ?? RSASignaturePadding.Pkcs1))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Rsa.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        Asked++;
        if (IsDown)
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }

        var parameters = Rsa.ExportParameters(false);
        var answer = context.Request.Path == "/keys"
            ? new JsonObject
            {
                ["keys"] = new JsonArray(
                    new JsonObject { ["kty"] = "RSA", ["kid"] = KeyId, ["use"] = "sig", ["n"] = Jose.Encode(parameters.Modulus), ["e"] = Jose.Encode(parameters.Exponent) },
                    new JsonObject { ["kty"] = "oct", ["kid"] = "shared", ["k"] = Jose.Encode(new byte[32]) }),
            }
            : new JsonObject { ["issuer"] = NamedAs ?? Url, ["jwks_uri"] = $"{Url}/keys" };
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString());
    }
}
