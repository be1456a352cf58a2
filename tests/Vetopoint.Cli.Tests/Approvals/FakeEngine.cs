using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Approvals;

/// <summary>
/// Something that answers on the engine's socket as a program of the same user can: with whatever statement and details a test
/// chooses. It records what is signed.
/// </summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private const string Request = """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"delete_backups","arguments":{}}}""";

    /// <summary>The salt with which <see cref="HeldSalted"/> commits to its request.</summary>
    public static byte[] Salt { get; } = [.. Enumerable.Range(1, Commitment.SaltBytes).Select(number => (byte)number)];

    private static readonly DateTimeOffset Time = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public FakeEngine(Func<ChallengeRequest, Challenge> challenge)
    {
        Home = new HomeDirectory(_folder["home"]);
        Assert.Empty(Home.Prepare());
        Challenge = challenge;
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(Home.EngineSocket));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public HomeDirectory Home { get; }

    public Func<ChallengeRequest, Challenge> Challenge { get; }

    /// <summary>Acts that came signed.</summary>
    public List<ActRequest> Signed { get; } = [];

    /// <summary>Addresses that were asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Puts an approver's encrypted key into the home.</summary>
    public ApproverKey AddApprover(string name, string passphrase)
    {
        var key = ApproverKey.Create();
        Directory.CreateDirectory(Home.ApproverKeysFolder);
        File.WriteAllText(Path.Combine(Home.ApproverKeysFolder, $"{name}.pem"), key.ExportEncrypted(passphrase));
        return key;
    }

    /// <summary>The call that waits, as the record has it.</summary>
    public static Intent Held(string attempt, string request = Request) => new()
    {
        Attempt = attempt,
        Gate = "mcp",
        Server = "ops",
        Method = "tools/call",
        Name = "delete_backups",
        Direction = "to-server",
        RequestDigest = new string('a', 64),
        ActionDigest = new string('b', 64),
        FormDigest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request))),
        Verdict = "hold",
        Form = "full",
        Assurance = 0,
        Rung = 2,
        HoldExpiresAt = Time.AddHours(1),
        PolicySet = new string('c', 64),
        Reader = "mcp-2",
        Policies = ["deletions-in-prod-need-a-person"],
        Reasons = ["A deletion in prod needs one person."],
        Operations = [new OperationEntry("delete", new TargetEntry("backup", "all", "prod", []), null, null, null, "none", "declared", true, [])],
    };

    /// <summary>The same call in a task that has a key.</summary>
    public static Intent HeldSalted(string attempt) => Held(attempt) with
    {
        Salted = true,
        FormDigest = Commitment.Of(CommittedBytes.Form, Salt, SHA256.HashData(Encoding.UTF8.GetBytes(Request))),
    };

    /// <summary>A challenge as the engine makes it, or with a part that another program would put there.</summary>
    public static Challenge Honest(
        ChallengeRequest request, byte[]? details = null, string? subject = null, ApprovalAct act = ApprovalAct.Approve,
        string? approver = null, byte[]? shown = null, Intent? held = null, Intent? bound = null, bool isBound = true, int rung = Rungs.OfOnePerson,
        byte[]? salt = null)
    {
        held ??= Held(request.Subject);
        details ??= Paper(held);
        var stated = ApprovalSubject.Attempt(held);
        var statement = ApprovalStatement.For(
            act, stated with { Text = subject ?? stated.Text }, rung, ApprovalStatement.NewChallenge(), Time, approver ?? request.Approver, details);
        return new Challenge(
            Convert.ToBase64String(statement.Encode()), Convert.ToBase64String(shown ?? details),
            isBound ? Convert.ToBase64String(HeldCallPaper.Encode(bound ?? held)) : null, salt is null ? null : Convert.ToBase64String(salt));
    }

    /// <summary>What an engine shows of a held call.</summary>
    public static byte[] Paper(Intent held, string request = Request, string agent = "deploy-bot") =>
        HeldCallPaper.Of(held, Encoding.UTF8.GetBytes(request), new HeldCallClaims(agent, "alice", "yes", "no", HeldCallPaper.InWords(Time))).Encode();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(connection);
                while (await AnswerAsync(stream))
                {
                    // The next request of the same connection.
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream)
    {
        if (await LineAsync(stream) is not { Length: > 0 } request)
            return false;
        var path = request.Split(' ')[1];
        var chunked = false;
        var length = 0;
        while (await LineAsync(stream) is { Length: > 0 } header)
        {
            chunked |= header.StartsWith("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header.AsSpan("Content-Length:".Length), System.Globalization.CultureInfo.InvariantCulture);
        }

        var body = chunked ? await ChunksAsync(stream) : await BytesAsync(stream, length);
        Asked.Add(path);
        var answer = path switch
        {
            "/v1/challenges" => JsonSerializer.Serialize(Challenge(JsonSerializer.Deserialize(body, ApiJson.Default.ChallengeRequest)!), ApiJson.Default.Challenge),
            "/v1/acts" => Act(JsonSerializer.Deserialize(body, ApiJson.Default.ActRequest)!),
            _ => null,
        };
        var text = answer ?? """{"title":"There is no such address.","status":404,"code":"VP7000"}""";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {(answer is null ? "404 Not Found" : "200 OK")}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}"));
        return true;
    }

    private string Act(ActRequest request)
    {
        Signed.Add(request);
        return JsonSerializer.Serialize(new ActResult("approve", "x", "It was approved.", null), ApiJson.Default.ActResult);
    }

    private static async Task<byte[]> ChunksAsync(NetworkStream stream)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = Convert.ToInt32(await LineAsync(stream), 16);
            await body.WriteAsync(await BytesAsync(stream, size));
            await LineAsync(stream);
            if (size is 0)
                return body.ToArray();
        }
    }

    private static async Task<byte[]> BytesAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task<string?> LineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) is 1)
        {
            if (one[0] is (byte)'\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }

        return null;
    }
}
