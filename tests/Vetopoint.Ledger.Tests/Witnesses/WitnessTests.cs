using System.Net;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Witnesses;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Witnesses;

public sealed class WitnessTests : IDisposable
{
    private static readonly byte[][] Leaves = [.. Enumerable.Range(0, 600).Select(n => BitConverter.GetBytes(n))];

    private readonly string _folder = Directory.CreateTempSubdirectory("vetopoint-witness-").FullName;
    private readonly NoteSigner _log = NoteSigner.Create("vetopoint/log", NoteKeyKind.Log);
    private readonly NoteSigner _key = NoteSigner.Create("example.com/w", NoteKeyKind.Witness);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _log.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_witness_follows_a_log_that_grows_and_remembers_over_a_restart()
    {
        foreach (var size in new[] { 1, 2, 2, 255, 256, 257, 600, 600 })
        {
            var note = await ClientOf(Start().Add).CosignAsync(Note(size), MemoryLog.Of(Leaves[..size]), Cancellation);

            Assert.Equal(NoteCheck.Valid, note.Check(_key.Public, out var time));
            Assert.Equal(SampleBodies.Time, time);
        }

        var last = SignedNote.Parse(Start().Last(HashOf("vetopoint/log"))!);
        Assert.Equal(600, Checkpoint.Of(last).Size);
        Assert.Equal((NoteCheck.Valid, NoteCheck.Valid), (last.Check(_key.Public), last.Check(_log.Public)));
    }

    [Fact]
    public async Task A_log_that_was_cut_is_not_cosigned_and_the_client_says_so()
    {
        await ClientOf(Start().Add).CosignAsync(Note(300), MemoryLog.Of(Leaves[..300]), Cancellation);

        var refused = await Assert.ThrowsAsync<LedgerException>(
            () => ClientOf(Start().Add).CosignAsync(Note(200), MemoryLog.Of(Leaves[..200]), Cancellation));

        Assert.Contains("it cosigned 300 entries of this log before, but now there are 200: the log was cut off", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(301)]
    public async Task Another_history_is_not_cosigned_and_the_client_says_so(int size)
    {
        await ClientOf(Start().Add).CosignAsync(Note(300), MemoryLog.Of(Leaves[..300]), Cancellation);
        byte[][] forked = [.. Leaves[..100], "other"u8.ToArray(), .. Leaves[101..size]];
        var note = new Checkpoint("vetopoint/log", size, NaiveTree.Root(forked)).Sign(_log, SampleBodies.Time);

        var refused = await Assert.ThrowsAsync<LedgerException>(() => ClientOf(Start().Add).CosignAsync(note, MemoryLog.Of(forked), Cancellation));

        Assert.Contains("does not lead on from what it cosigned before: history was rewritten, or two are told", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The statuses that C2SP tlog-witness asks for.</summary>
    [Fact]
    public void Each_wrong_request_gets_the_status_of_the_specification()
    {
        var witness = Start();
        using var other = NoteSigner.Create("vetopoint/log", NoteKeyKind.Log);
        using var unknown = NoteSigner.Create("vetopoint/unknown", NoteKeyKind.Log);
        var note = Note(5);
        var forged = note with { Signatures = [note.Signatures[0] with { Signature = new byte[64] }] };

        Assert.Equal(400, witness.Add("").Status);
        Assert.Equal(400, witness.Add("old 0\n").Status);
        Assert.Equal(400, witness.Add($"old 00\n\n{note}").Status);
        Assert.Equal(400, witness.Add($"old -1\n\n{note}").Status);
        Assert.Equal(400, witness.Add($"old 0\nAAAA\n\n{note}").Status);
        Assert.Equal(400, witness.Add(new AddCheckpoint(6, [], note).ToString()).Status);
        Assert.Equal(400, witness.Add($"old 0\n{string.Concat(Enumerable.Repeat(Convert.ToBase64String(new byte[32]) + "\n", 64))}\n{note}").Status);
        Assert.Equal(404, witness.Add(new AddCheckpoint(0, [], new Checkpoint("vetopoint/unknown", 5, NaiveTree.Root(Leaves[..5])).Sign(unknown, SampleBodies.Time)).ToString()).Status);
        Assert.Equal(403, witness.Add(new AddCheckpoint(0, [], note with { Signatures = [other.Sign(note.Text, SampleBodies.Time)] }).ToString()).Status);
        Assert.Equal(403, witness.Add(new AddCheckpoint(0, [], forged).ToString()).Status);
        Assert.Equal(422, witness.Add(new AddCheckpoint(0, [new byte[32]], note).ToString()).Status);
        Assert.Equal(422, witness.Add(new AddCheckpoint(0, [], new Checkpoint("vetopoint/log", 0, new byte[32]).Sign(_log, SampleBodies.Time)).ToString()).Status);
        Assert.Null(witness.Last(HashOf("vetopoint/log")));

        Assert.Equal(200, witness.Add(new AddCheckpoint(0, [], note).ToString()).Status);
        var conflict = witness.Add(new AddCheckpoint(0, [], Note(6)).ToString());
        Assert.Equal((409, "5\n", "text/x.tlog.size"), (conflict.Status, conflict.Body, conflict.ContentType));
        Assert.Equal(422, witness.Add(new AddCheckpoint(5, [], Note(6)).ToString()).Status);
        Assert.Equal(200, witness.Add(new AddCheckpoint(5, [], note).ToString()).Status);
        Assert.Null(witness.Last("../witness-key"));
    }

    [Fact]
    public void A_spoilt_state_cosigns_nothing()
    {
        Start().Add(new AddCheckpoint(0, [], Note(5)).ToString());
        var file = Path.Combine(_folder, HashOf("vetopoint/log"));
        File.WriteAllText(file, Note(1).ToString());

        var refused = Assert.Throws<LedgerException>(() => Start().Add(new AddCheckpoint(1, [], Note(5)).ToString()));
        Assert.Contains("is not a checkpoint that this witness cosigned", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever a witness answers, the client believes only its key.</summary>
    [Theory]
    [InlineData(200, "", "it is another one, or it lies")]
    [InlineData(200, "— example.com/w AAAAAAA=\n", "it is another one, or it lies")]
    [InlineData(200, "nonsense", "VP6010")]
    [InlineData(409, "0\n", "it answers 409")]
    [InlineData(409, "999\n", "the log was cut off, or an older copy is shown. Or the witness lies")]
    [InlineData(409, "-7\n", "it answers 409")]
    [InlineData(404, "", "it does not watch this log")]
    [InlineData(500, "", "it answers 500")]
    public async Task A_witness_that_lies_or_fails_is_told_apart(int status, string body, string told)
    {
        var refused = await Assert.ThrowsAsync<LedgerException>(
            () => ClientOf(_ => new WitnessAnswer(status, body)).CosignAsync(Note(300), MemoryLog.Of(Leaves[..300]), Cancellation));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_witness_that_names_another_size_each_time_is_given_up()
    {
        var size = 0;
        var refused = await Assert.ThrowsAsync<LedgerException>(
            () => ClientOf(_ => new WitnessAnswer(409, $"{++size}\n")).CosignAsync(Note(300), MemoryLog.Of(Leaves[..300]), Cancellation));

        Assert.Contains("names another size each time", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cosignature_of_another_checkpoint_is_not_taken()
    {
        var other = _key.Sign(Note(299).Text, SampleBodies.Time).ToString();
        await Assert.ThrowsAsync<LedgerException>(
            () => ClientOf(_ => new WitnessAnswer(200, other)).CosignAsync(Note(300), MemoryLog.Of(Leaves[..300]), Cancellation));
    }

    [Fact]
    public async Task A_witness_that_is_away_is_told_apart()
    {
        var refused = await Assert.ThrowsAsync<LedgerException>(
            () => ClientOf(_ => throw new HttpRequestException("nobody listens")).CosignAsync(Note(300), MemoryLog.Of(Leaves[..300]), Cancellation));

        Assert.Contains("is away: nobody listens", refused.Message, StringComparison.Ordinal);
    }

    private static string HashOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    private Witness Start() => new(_folder, _key, [_log.Public], new Microsoft.Extensions.Time.Testing.FakeTimeProvider(SampleBodies.Time));

    private SignedNote Note(int size) => new Checkpoint("vetopoint/log", size, NaiveTree.Root(Leaves[..size])).Sign(_log, SampleBodies.Time);

    private WitnessClient ClientOf(Func<string, WitnessAnswer> answer) =>
        new(new HttpClient(new Answers(answer)), _key.Public, new Uri("http://witness.example/"));

    /// <summary>Stands in for the network: the witness behind it is the real one.</summary>
    private sealed class Answers(Func<string, WitnessAnswer> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var given = answer(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage((HttpStatusCode)given.Status) { Content = new StringContent(given.Body) };
        }
    }
}
