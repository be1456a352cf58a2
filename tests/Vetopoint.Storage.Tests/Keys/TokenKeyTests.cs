using System.Runtime.Versioning;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Storage.Tokens;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Keys;

/// <summary>The log's key in a token: found, used, verified; refused with what to do whenever it cannot be, without a PIN in any message.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TokenKeyTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly ApproverKey _ada = ApproverKey.Create();
    private readonly TemporaryToken _token = new();

    public TokenKeyTests()
    {
        _token.MakeKey("log-key");
        _ = _state.Held; // makes the directory
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _ada.Dispose();
        _state.Dispose();
        _token.Dispose();
    }

    [Fact]
    public async Task A_key_file_that_names_a_tokens_key_signs_checkpoints_with_it()
    {
        Write("log-key", _token.Uri("log-key"));
        await using (var record = await OpenAsync())
        {
            await record.AppendAsync();
            Assert.Equal(NoteCheck.Valid, record.Log.PublishNow().Check(NoteKey.TryParse(Read("log-key.pub"), out _)!));
        }

        await using (var again = await OpenAsync())
        {
            await again.AppendAsync();
            again.Log.PublishNow();
        }

        Assert.Empty(await VerifyAsync());
        Assert.StartsWith("pkcs11:", Read("log-key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_begins_with_a_tokens_key_where_the_state_directory_says_so()
    {
        Write("log-key.token", _token.Uri("log-key"));
        await using (var record = await OpenAsync())
        {
            record.Log.PublishNow();
            Assert.Equal(_token.Uri("log-key"), record.Keys.PlaceOfNext(RecordKey.Log));
        }

        Assert.Equal(_token.Uri("log-key"), Read("log-key"));
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task A_key_of_a_file_hands_over_to_a_tokens_key_and_that_to_the_next_and_back_to_a_file()
    {
        await using (var record = await OpenAsync())
            record.Log.PublishNow();
        var first = Read("log-key.pub");
        _token.MakeKey("second");

        foreach (var place in new[] { _token.Uri("log-key"), _token.Uri("second"), null })
        {
            if (place is null)
                File.Delete(Path.Combine(_state.Path, "log-key.token"));
            else
                Write("log-key.token", place);
            var before = Read("log-key.pub");
            await using var record = await OpenAsync();
            await record.RotateAsync(RecordKey.Log);
            await record.AppendAsync();
            var note = record.Log.PublishNow();
            Assert.NotEqual(before, Read("log-key.pub"));
            Assert.Equal(place is not null, Read("log-key").StartsWith("pkcs11:", StringComparison.Ordinal));
            Assert.Equal(NoteCheck.Valid, note.Check(NoteKey.TryParse(before, out _)!));
            Assert.Equal(NoteCheck.Valid, note.Check(NoteKey.TryParse(Read("log-key.pub"), out _)!));
        }

        Assert.Empty(await KeyedRecord.VerifyAsync(_state, _state.HeadPublicKey, first));
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task A_key_does_not_hand_over_to_itself_and_the_record_goes_on()
    {
        Write("log-key.token", _token.Uri("log-key"));
        await using var record = await OpenAsync();

        Told(await Assert.ThrowsAsync<LedgerException>(() => record.RotateAsync(RecordKey.Log)), "is the log's key already");

        await record.AppendAsync();
        record.Log.PublishNow();
        Assert.False(File.Exists(Path.Combine(_state.Path, "log-key.next")));
        Assert.Empty(await VerifyAsync());
    }

    /// <summary>Entries are on disk and chained without the token; the log says that it is behind and why, and catches up by itself.</summary>
    [Fact]
    public async Task A_token_that_is_pulled_out_stops_checkpoints_only_and_one_that_is_back_signs_what_was_missed()
    {
        Write("log-key", _token.Uri("log-key"));
        await using (var record = await OpenAsync())
        {
            record.Log.PublishNow();
            _token.PullOut();
            await record.AppendAsync();
            await record.AppendAsync();

            Told(Assert.Throws<LedgerException>(() => record.Log.PublishNow()), "Decisions do not need it");
            Told(Assert.Throws<LedgerException>(() => record.Log.PublishNow()), "cannot be used");
            Assert.Equal(2, record.Log.Behind);

            _token.PlugIn();
            record.Log.PublishNow();
            Assert.Equal(0, record.Log.Behind);
        }

        Assert.Empty(await VerifyAsync());
    }

    /// <summary>What <c>status</c> shows is the problem of the log's own thread.</summary>
    [Fact]
    public async Task The_log_says_by_itself_that_its_token_is_away_and_that_it_is_back()
    {
        Write("log-key", _token.Uri("log-key"));
        await using var ledger = _state.Open();
        using var log = LedgerLog.Open(_state.Held, ledger, TimeProvider.System, TimeSpan.FromMilliseconds(20));
        _token.PullOut();
        var chain = new TaskChain("engine");
        await ledger.AppendAsync(chain.Next(new EngineStarted("1", "p")));

        Assert.True(SpinWait.SpinUntil(() => log.Problem is not null, TimeSpan.FromMinutes(1)));
        Assert.StartsWith("VP6466: ", log.Problem, StringComparison.Ordinal);
        await ledger.AppendAsync(chain.Next(new EngineStarted("1", "p")));
        Assert.Equal(2, log.Behind);

        _token.PlugIn();
        Assert.True(SpinWait.SpinUntil(() => log.Problem is null, TimeSpan.FromMinutes(1)));
        Assert.Equal(0, log.Behind);
    }

    [Fact]
    public async Task A_rotation_while_the_token_is_away_changes_nothing()
    {
        Write("log-key", _token.Uri("log-key"));
        await using var record = await OpenAsync();
        var before = record.Log.Key.ToString();
        _token.PullOut();

        Told(await Assert.ThrowsAsync<LedgerException>(() => record.RotateAsync(RecordKey.Log)), "cannot be used");

        _token.PlugIn();
        await record.AppendAsync();
        record.Log.PublishNow();
        Assert.Equal(before, record.Log.Key.ToString());
        Assert.False(File.Exists(Path.Combine(_state.Path, "log-key.next")));
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task Another_key_in_the_place_of_the_first_signs_nothing()
    {
        Write("log-key", _token.Uri("log-key"));
        await using (var record = await OpenAsync())
        {
            record.Log.PublishNow();
            _token.Remove("log-key");
            _token.MakeKey("log-key");
            await record.AppendAsync();

            Told(Assert.Throws<LedgerException>(() => record.Log.PublishNow()), "another key lies there now");
        }

        Assert.StartsWith("VP6460: ", (await Assert.ThrowsAsync<LedgerException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_pin_is_refused_and_not_shown()
    {
        Write("log-key", _token.Uri("log-key"));
        _token.WritePin("77777");

        var refused = await Assert.ThrowsAsync<LedgerException>(OpenAsync);

        Told(refused, "CKR_PIN_INCORRECT");
        Assert.DoesNotContain("77777", refused.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A token locks itself after a few wrong tries, so there is one, however often a checkpoint is due.</summary>
    [Fact]
    public async Task A_wrong_pin_is_tried_once()
    {
        Write("log-key", _token.Uri("log-key"));
        await using var record = await OpenAsync();
        record.Log.PublishNow();
        _token.PullOut();
        await record.AppendAsync();
        Assert.Throws<LedgerException>(() => record.Log.PublishNow());
        _token.PlugIn();
        _token.WritePin("77777");

        Told(Assert.Throws<LedgerException>(() => record.Log.PublishNow()), "CKR_PIN_INCORRECT");
        Told(Assert.Throws<LedgerException>(() => record.Log.PublishNow()), "not tried again before a restart");
    }

    [Fact]
    public async Task A_pin_file_that_others_can_read_is_refused()
    {
        Write("log-key", _token.Uri("log-key"));
        File.SetUnixFileMode(_token.PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.StartsWith("VP6201: ", (await Assert.ThrowsAsync<LedgerException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing-file", "does not exist")]
    [InlineData("empty-file", "holds no PIN")]
    [InlineData("huge-file", "holds no PIN")]
    [InlineData("no-variable", "is not set")]
    public async Task A_pin_that_cannot_be_read_is_refused(string how, string told)
    {
        var uri = _token.Uri("log-key");
        if (how is "missing-file")
            File.Delete(_token.PinFile);
        else if (how is "no-variable")
            uri = uri[..uri.IndexOf("file:", StringComparison.Ordinal)] + "env:VETOPOINT_TEST_NO_SUCH_PIN";
        else
            _token.WritePin(how is "empty-file" ? "" : new string('1', 10_000));
        Write("log-key", uri);

        Told(await Assert.ThrowsAsync<LedgerException>(OpenAsync), told);
    }

    [Fact]
    public async Task A_pin_in_a_variable_opens_the_token()
    {
        const string Variable = "VETOPOINT_TEST_PIN_OF_A_TOKEN";
        Environment.SetEnvironmentVariable(Variable, TemporaryToken.Pin);
        var uri = _token.Uri("log-key");
        Write("log-key", uri[..uri.IndexOf("file:", StringComparison.Ordinal)] + "env:" + Variable);

        await using var record = await OpenAsync();
        await record.AppendAsync();

        Assert.Equal(NoteCheck.Valid, record.Log.PublishNow().Check(record.Log.Key));
    }

    [Fact]
    public async Task Of_two_tokens_of_one_name_the_serial_number_says_which()
    {
        var serial = _token.Serial();
        _token.MakeToken();
        Write("log-key", _token.Uri("log-key"));
        Told(await Assert.ThrowsAsync<LedgerException>(OpenAsync), "several of that name");

        Write("log-key", _token.Uri("log-key").Replace(";object", $";serial={serial};object", StringComparison.Ordinal));
        await using var record = await OpenAsync();
        await record.AppendAsync();
        Assert.Equal(NoteCheck.Valid, record.Log.PublishNow().Check(record.Log.Key));
    }

    [Fact]
    public async Task A_key_that_the_token_does_not_hold_is_refused()
    {
        Write("log-key", _token.Uri("no-such-key"));
        Told(await Assert.ThrowsAsync<LedgerException>(OpenAsync), "holds no private Ed25519 key");
    }

    [Fact]
    public async Task Two_keys_of_one_name_are_refused()
    {
        _token.MakeKey("log-key");
        Write("log-key", _token.Uri("log-key"));
        Told(await Assert.ThrowsAsync<LedgerException>(OpenAsync), "several private keys");
    }

    [Fact]
    public async Task A_token_that_is_away_at_the_start_is_refused()
    {
        Write("log-key", _token.Uri("log-key"));
        _token.PullOut();
        Told(await Assert.ThrowsAsync<LedgerException>(OpenAsync), "cannot be used");
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("text", "cannot be used")]
    [InlineData("no-module", "cannot be used")]
    [InlineData("changeable", "can be changed by other users")]
    public async Task A_library_that_is_none_is_refused(string which, string told)
    {
        var file = Path.Combine(Path.GetDirectoryName(_token.PinFile)!, "module.so");
        if (which is "text")
            await File.WriteAllTextAsync(file, "no library", Cancellation);
        if (which is "changeable")
        {
            File.Copy(TemporaryToken.Module, file);
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);
        }

        Write("log-key", _token.Uri("log-key", which is "no-module" ? "/lib/x86_64-linux-gnu/libm.so.6" : file));
        Told(await Assert.ThrowsAsync<LedgerException>(OpenAsync), told);
    }

    [Theory]
    [InlineData("pkcs11:", "neither `token` nor `serial`")]
    [InlineData("pkcs11:token=a", "neither `object` nor `id`")]
    [InlineData("pkcs11:object=a?module-path=/m", "neither `token` nor `serial`")]
    [InlineData("pkcs11:token=a;object=b", "no `module-path`")]
    [InlineData("pkcs11:token=a;object=b?module-path=m.so", "no `module-path`")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m&pin-value=271828", "pin-value")]
    [InlineData("pkcs11:token=a;pin-value=271828;object=b?module-path=/m", "pin-value")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m&pin-source=271828", "neither `file:/PATH` nor `env:NAME`")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m&pin-source=file:pin", "neither `file:/PATH` nor `env:NAME`")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m&pin-source=|271828", "neither `file:/PATH` nor `env:NAME`")]
    [InlineData("pkcs11:token=a;token=b;object=b?module-path=/m", "twice")]
    [InlineData("pkcs11:token=;object=b?module-path=/m", "empty")]
    [InlineData("pkcs11:token=%4;object=b?module-path=/m", "percent-encoded")]
    [InlineData("pkcs11:token=%+4;object=b?module-path=/m", "percent-encoded")]
    [InlineData("pkcs11:token=%ff;object=b?module-path=/m", "no UTF-8")]
    [InlineData("pkcs11:token=%1b;object=b?module-path=/m", "control characters")]
    [InlineData("pkcs11:token=a b;object=b?module-path=/m", "spaces")]
    [InlineData("pkcs11:token=a;object=b;type=public?module-path=/m", "not `private`")]
    [InlineData("pkcs11:token=a;object=b;slot-id=271828?module-path=/m", "not understood")]
    [InlineData("pkcs11:token=a;object=b?module-name=271828", "not understood")]
    [InlineData("PKCS11:token=a;object=b?x", "not understood")]
    public async Task A_uri_that_is_not_wholly_understood_is_refused_and_not_repeated(string uri, string told)
    {
        foreach (var file in new[] { "log-key", "log-key.token" })
        {
            Write(file, uri);
            var refused = await Assert.ThrowsAsync<LedgerException>(OpenAsync);
            Told(refused, told);
            Assert.DoesNotContain("271828", refused.ToString(), StringComparison.Ordinal);
            File.Delete(Path.Combine(_state.Path, file));
        }
    }

    [Fact]
    public void A_uri_is_read_with_its_percent_encoding()
    {
        var uri = TokenUri.Parse("pkcs11:token=my%20token;serial=%30%31;id=%00%ff;type=private?pin-source=env:PIN&module-path=/usr/lib/%6d.so");
        Assert.Equal(("my token", "01", null, "/usr/lib/m.so"), (uri.Token, uri.Serial, uri.Object, uri.ModulePath));
        Assert.Equal([0x00, 0xff], uri.Id!);
    }

    [Fact]
    public async Task A_file_that_names_a_token_and_that_others_can_change_is_refused()
    {
        Write("log-key.token", _token.Uri("log-key"));
        File.SetUnixFileMode(Path.Combine(_state.Path, "log-key.token"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        _state.Release();
        Assert.StartsWith("VP6201: ", (await Assert.ThrowsAsync<LedgerException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    private static void Told(LedgerException refused, string what)
    {
        Assert.StartsWith("VP6466: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    private Task<KeyedRecord> OpenAsync() => KeyedRecord.OpenAsync(_state, _ada);

    private async Task<IReadOnlyList<Vetopoint.Ledger.Verification.Finding>> VerifyAsync() =>
        await KeyedRecord.VerifyAsync(_state, _state.HeadPublicKey, Read("log-key.pub"));

    private void Write(string name, string text)
    {
        var file = Path.Combine(_state.Path, name);
        File.WriteAllText(file, text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_state.Path, name)).Trim();
}
