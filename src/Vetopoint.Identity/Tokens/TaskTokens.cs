using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tasks;
using Vetopoint.Identity.Jose;
using Vetopoint.Identity.Proofs;

namespace Vetopoint.Identity.Tokens;

/// <summary>Makes task tokens (RFC 9068) and reads them back.</summary>
internal sealed class TaskTokens(SigningKeys keys, TimeProvider time)
{
    public const string Type = "at+jwt";
    public const string DetailsType = "vetopoint_task";
    private const int IdBytes = 16;

    private static readonly string[] Members =
    [
        "iss", "sub", "client_id", "aud", "iat", "exp", "jti", "txn", "epoch", "workload", "cnf", "authorization_details", "act",
    ];

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly Remembered<string, TaskToken> _known = new(IdentityLimits.RememberedTokensMax);

    /// <param name="task">The task it is for.</param>
    /// <param name="source">What vouched for the workload.</param>
    /// <param name="binding">The key it is bound to.</param>
    /// <param name="issuer">The engine's address.</param>
    /// <param name="audience">The one place it is good at.</param>
    /// <param name="lifetime">How long it is good at most.</param>
    /// <param name="purpose">What the task is for, as asked.</param>
    public (string Token, TaskToken Content) Issue(
        TaskHandle task, string source, Binding binding, string issuer, string audience, TimeSpan lifetime, string? purpose)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expires = task.ExpiresAt < now + lifetime ? task.ExpiresAt : now + lifetime;
        var chain = task.Chain.IsDefaultOrEmpty ? [task.Agent] : task.Chain;
        var details = new Dictionary<string, object> { ["type"] = DetailsType, ["task"] = task.Id.ToString() };
        if (purpose is not null)
            details["purpose"] = purpose;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuer,
            ["sub"] = chain[0],
            ["client_id"] = task.Agent,
            ["aud"] = audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)),
            ["txn"] = task.Id.ToString(),
            ["epoch"] = task.TrustEpoch,
            ["workload"] = source,
            ["cnf"] = new Dictionary<string, object> { [binding.Member] = binding.Thumbprint },
            ["authorization_details"] = new List<object> { details },
        };
        if (ActorsOf(chain) is { } actors)
            claims["act"] = actors;
        var token = Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = Type,
            Claims = claims,
            SigningCredentials = keys.Signer().Credentials,
        });
        return (token, Read(token, issuer, out var wrong) ?? throw new InvalidOperationException($"A token of ours is not taken: {wrong}"));
    }

    /// <summary>Reads a token. The same one again is found again, without its signature being checked again.</summary>
    /// <param name="token">As it came.</param>
    /// <param name="issuer">The engine's address.</param>
    /// <param name="wrong">Why not, for the log.</param>
    /// <returns>Null when it is not one of ours.</returns>
    public TaskToken? Read(string token, string issuer, out string? wrong)
    {
        wrong = null;
        if (token.Length > IdentityLimits.TaskTokenCharsMax)
        {
            wrong = "it is too long";
            return null;
        }

        if (_known.TryGet(token, out var known))
            return known;
        if (!SignedText.TryRead(token, IdentityLimits.TaskTokenCharsMax, out var text, out wrong))
            return null;
        if (text.Type != Type || text.Algorithm != "ES256" || !text.HasHeader("typ", "alg", "kid"))
            wrong = "its header is not that of a task token";
        else if (keys.Find(text.KeyId) is not { } key || !key.Public.Signed(text))
            wrong = "its signature is not ours";
        else if (Parse(text, issuer, ProofCheck.HashOf(token)) is not { } parsed)
            wrong = "it does not say what a task token says";
        else
        {
            _known.Add(token, parsed);
            return parsed;
        }

        return null;
    }

    private static TaskToken? Parse(SignedText text, string issuer, string hash)
    {
        foreach (var member in text.Payload.EnumerateObject())
        {
            if (!Members.Contains(member.Name, StringComparer.Ordinal))
                return null;
        }

        if (text.Text("iss") != issuer || text.Text("sub") is not { Length: > 0 } subject || text.Text("client_id") is not { Length: > 0 } agent
            || text.Text("aud") is not { Length: > 0 } audience || text.Text("jti") is not { Length: > 0 } id
            || text.Text("workload") is not { Length: > 0 } source || !TaskId.TryParse(text.Text("txn"), out var task)
            || text.Time("iat") is not { } issued || text.Time("exp") is not { } expires
            || !text.Payload.TryGetProperty("epoch", out var epoch) || epoch.ValueKind != JsonValueKind.Number || !epoch.TryGetInt64(out var trust)
            || BindingOf(text.Payload) is not { } binding || expires <= issued)
        {
            return null;
        }

        return new TaskToken
        {
            Id = id,
            Task = task,
            Agent = agent,
            Subject = subject,
            Audience = audience,
            IssuedAt = issued,
            ExpiresAt = expires,
            TrustEpoch = trust,
            Source = source,
            Binding = binding,
            Hash = hash,
        };
    }

    /// <summary>The one key it is bound to. A token without one would be anyone's.</summary>
    private static Binding? BindingOf(JsonElement payload)
    {
        if (!payload.TryGetProperty("cnf", out var confirmation) || confirmation.ValueKind != JsonValueKind.Object || confirmation.GetPropertyCount() != 1)
            return null;
        foreach (var isCertificate in (ReadOnlySpan<bool>)[false, true])
        {
            var member = new Binding(isCertificate, "").Member;
            if (confirmation.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: 43 } print)
                return new Binding(isCertificate, print);
        }

        return null;
    }

    /// <summary>Who acts for the first of the chain: the last one outermost (RFC 8693, section 4.1). Null where nobody but the first does.</summary>
    private static Dictionary<string, object>? ActorsOf(IReadOnlyList<string> chain)
    {
        Dictionary<string, object>? actors = null;
        foreach (var agent in chain.Skip(1))
        {
            var outer = new Dictionary<string, object> { ["sub"] = agent };
            if (actors is not null)
                outer["act"] = actors;
            actors = outer;
        }

        return actors;
    }
}
