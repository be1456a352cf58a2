using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Bench.Mcp;
using Vetopoint.Identity.Proofs;
using Vetopoint.Identity.Tokens;

namespace Vetopoint.Bench.Tasks;

/// <summary>
/// Task tokens. They are issued by a real engine over HTTP; the check of them is then measured in this process, with the engine's own
/// signing key and nonces of its own.
/// </summary>
internal sealed class TasksBench(string root, TextWriter log)
{
    private const int Tokens = 300;
    private const int Rounds = 5;
    private const int SeenCalls = 200_000;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public async Task<TasksFigures> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("vp-bench-").FullName;
        try
        {
            await log.WriteLineAsync("task tokens: an engine with a token service");
            await using var engine = await GovernedEngine.StartAsync(
                Path.Combine(root, "artifacts/vetopoint"), Path.Combine(root, "policies"), Path.Combine(folder, "home"),
                new Uri("http://127.0.0.1:9/mcp"), cancellationToken, Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()));
            var issuer = engine.Endpoint.GetLeftPart(UriPartial.Authority);
            var (tokens, issue) = await IssueAsync(issuer, cancellationToken);
            var resident = ResidentOf(engine.Process.Id);

            using var keys = SigningKeys.Open(engine.Home.IdentityFolder, TimeProvider.System);
            var target = engine.Endpoint.AbsoluteUri;
            var fresh = Validate(keys, issuer, target, tokens, isSeen: false);
            var proof = Validate(keys, issuer, target, tokens, isSeen: true);
            return new TasksFigures(fresh, proof, Seen(keys, issuer, tokens[0]), issue, engine.StartMilliseconds, resident);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            _key.Dispose();
        }
    }

    private async Task<(List<string> Tokens, double Median)> IssueAsync(string issuer, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler();
        using var http = new HttpClient(handler);
        var endpoint = issuer + "/oauth/token";
        using var first = await http.PostAsync(new Uri(endpoint), new FormUrlEncodedContent([]), cancellationToken);
        var nonce = first.Headers.GetValues("DPoP-Nonce").First();
        var tokens = new List<string>();
        var times = new List<double>();
        for (var i = 0; i < Tokens + 20; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                    ["subject_token"] = Assertion(issuer),
                    ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                    ["resource"] = issuer + "/mcp/everything",
                }),
            };
            request.Headers.TryAddWithoutValidation("DPoP", Proof(endpoint, nonce, null));
            var begun = Stopwatch.GetTimestamp();
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            if ((string?)JsonNode.Parse(body)?["access_token"] is not { } token)
                throw new InvalidOperationException($"the engine gave no token: {body}");
            if (i < 20)
                continue; // the first ones compile
            tokens.Add(token);
            times.Add(elapsed);
        }

        return (tokens, Median(times));
    }

    private double Validate(SigningKeys keys, string issuer, string target, List<string> tokens, bool isSeen)
    {
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var nonces = new Nonces(TimeProvider.System);
            var check = new ProofCheck(nonces, TimeProvider.System);
            var reader = new TaskTokens(keys, TimeProvider.System);
            var proofs = tokens.Select(token => Proof(target, nonces.Current, token)).ToList();
            if (isSeen)
                tokens.ForEach(token => reader.Read(token, issuer, out _));
            for (var i = 0; i < tokens.Count; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                var content = reader.Read(tokens[i], issuer, out _);
                var proof = check.Check(proofs[i], "POST", target, content?.Hash);
                var good = check.TryUse(proof) && proof.Thumbprint == content?.Binding.Thumbprint;
                var elapsed = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
                if (!good)
                    throw new InvalidOperationException($"a good token is refused: {proof.Wrong}");
                if (round > 0)
                    times.Add(elapsed);
            }
        }

        return Median(times);
    }

    private static double Seen(SigningKeys keys, string issuer, string token)
    {
        var reader = new TaskTokens(keys, TimeProvider.System);
        var thumbprint = reader.Read(token, issuer, out _)!.Binding.Thumbprint;
        var good = 0;
        var begun = 0L;
        for (var i = -SeenCalls / 10; i < SeenCalls; i++)
        {
            if (i == 0)
                begun = Stopwatch.GetTimestamp();
            if (reader.Read(token, issuer, out _) is { } content && content.Binding.Thumbprint == thumbprint && TimeProvider.System.GetUtcNow() < content.ExpiresAt)
                good++;
        }

        return good > 0 ? Stopwatch.GetElapsedTime(begun).TotalMicroseconds / SeenCalls : throw new InvalidOperationException("a good token is refused");
    }

    private string Assertion(string issuer) => Sign(
        new JsonObject { ["typ"] = "vetopoint-workload+jwt", ["alg"] = "ES256" },
        new JsonObject { ["iss"] = "bench", ["sub"] = "bench", ["aud"] = issuer, ["iat"] = Now, ["exp"] = Now + 60, ["jti"] = Id() });

    private string Proof(string target, string nonce, string? token)
    {
        var point = _key.ExportParameters(false).Q;
        var payload = new JsonObject { ["jti"] = Id(), ["htm"] = "POST", ["htu"] = target, ["iat"] = Now, ["nonce"] = nonce };
        if (token is not null)
            payload["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        var jwk = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        return Sign(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = jwk }, payload);
    }

    private string Sign(JsonObject header, JsonObject payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static string Id() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double ResidentOf(int process)
    {
        using var measured = Process.GetProcessById(process);
        return measured.WorkingSet64 / (1024.0 * 1024);
    }
}
