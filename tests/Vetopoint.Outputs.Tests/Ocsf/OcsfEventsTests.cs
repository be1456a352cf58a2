using System.Text.Json;
using Vetopoint.Ledger.Entries;
using Vetopoint.Outputs.Ocsf;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Outputs.Tests.Ocsf;

/// <summary>What an entry says is what its event says, in OCSF's words.</summary>
public sealed class OcsfEventsTests
{
    private readonly SampleFeed _feed = new();

    public OcsfEventsTests() => _feed.Add(SampleBodies.Opened());

    [Fact]
    public void Every_kind_of_entry_becomes_an_event_with_all_that_the_class_requires()
    {
        _feed.Add(SampleBodies.All.Skip(1));

        foreach (var (position, entry) in _feed.After(0, int.MaxValue))
        {
            var json = Of(position, entry);

            Assert.Equal(6003, json.GetProperty("class_uid").GetInt32());
            Assert.Equal(6, json.GetProperty("category_uid").GetInt32());
            Assert.Equal(600300 + json.GetProperty("activity_id").GetInt32(), json.GetProperty("type_uid").GetInt32());
            Assert.InRange(json.GetProperty("severity_id").GetInt32(), 1, 5);
            Assert.Equal(entry.Time.ToUnixTimeMilliseconds(), json.GetProperty("time").GetInt64());
            Assert.NotEmpty(json.GetProperty("actor").GetProperty("app_name").GetString()!);
            Assert.NotEmpty(json.GetProperty("src_endpoint").GetProperty("name").GetString()!);
            Assert.NotEmpty(json.GetProperty("api").GetProperty("operation").GetString()!);
            var metadata = json.GetProperty("metadata");
            Assert.Equal("1.8.0", metadata.GetProperty("version").GetString());
            Assert.Equal(Convert.ToHexStringLower(entry.Hash.Span), metadata.GetProperty("uid").GetString());
            Assert.Equal(position, metadata.GetProperty("sequence").GetInt64());
            Assert.Equal("Vetopoint", metadata.GetProperty("product").GetProperty("vendor_name").GetString());
        }
    }

    [Theory]
    [InlineData("allow", false, 1, 1, 1)]
    [InlineData("downgrade", false, 4, 99, 1)]
    [InlineData("hold", false, 2, 14, 99)]
    [InlineData("deny", false, 2, 2, 2)]
    [InlineData("deny", true, 3, 17, 1)]
    public void A_verdict_says_what_was_done_about_the_call(string verdict, bool observed, int action, int disposition, int status)
    {
        var json = Of(SampleBodies.Allowed("t.2") with { Verdict = verdict, Observed = observed });

        Assert.Equal(action, json.GetProperty("action_id").GetInt32());
        Assert.Equal(disposition, json.GetProperty("disposition_id").GetInt32());
        Assert.Equal(status, json.GetProperty("status_id").GetInt32());
        var authorization = Assert.Single(json.GetProperty("authorizations").EnumerateArray());
        Assert.Equal(verdict, authorization.GetProperty("decision").GetString());
        Assert.Equal("allow-reads", authorization.GetProperty("policy").GetProperty("uid").GetString());
    }

    [Fact]
    public void A_verdict_without_a_policy_is_an_authorization_all_the_same()
    {
        var json = Of(SampleBodies.Denied("t.2") with { Policies = [] });

        Assert.Equal("deny", Assert.Single(json.GetProperty("authorizations").EnumerateArray()).GetProperty("decision").GetString());
    }

    [Fact]
    public void What_is_touched_is_named_with_its_environment_and_sensitivity()
    {
        var resources = Of(SampleBodies.Allowed("t.2")).GetProperty("resources").EnumerateArray().ToList();

        Assert.Equal("/srv/\"quoted\"\\\n\u0001/ä/\U0001F600", resources[0].GetProperty("name").GetString());
        Assert.Equal("prod", resources[0].GetProperty("namespace").GetString());
        Assert.Equal(["pii", "secret"], resources[0].GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal("example.org", resources[1].GetProperty("name").GetString());
    }

    [Fact]
    public void Outcome_and_approval_stand_alone_and_share_the_attempt_with_their_intent()
    {
        _feed.Add(SampleBodies.Held("t.2"));
        var approved = Of(new HoldResolved("t.2", "approved", "bea", 2, null));
        var outcome = Of(new Outcome("t.2", "failed", 7, null, "the server said no"));

        foreach (var json in (JsonElement[])[approved, outcome])
        {
            Assert.Equal("t.2", json.GetProperty("metadata").GetProperty("correlation_uid").GetString());
            Assert.Equal("tools/call read_file", json.GetProperty("api").GetProperty("operation").GetString());
            Assert.Equal("agent-1", json.GetProperty("actor").GetProperty("app_name").GetString());
        }

        Assert.Equal("bea", approved.GetProperty("actor").GetProperty("user").GetProperty("name").GetString());
        Assert.Equal(8, approved.GetProperty("disposition_id").GetInt32());
        Assert.Equal(2, outcome.GetProperty("status_id").GetInt32());
        Assert.Equal("the server said no", outcome.GetProperty("status_detail").GetString());
    }

    [Fact]
    public void An_event_is_one_line()
    {
        var (position, entry) = Add(SampleBodies.Held("t.2"));

        Assert.Equal(-1, new OcsfEvents(_feed, "1").Of(position, entry).Json.Span.IndexOfAny((byte)'\n', (byte)'\r'));
    }

    private (long Position, Entry Entry) Add(EntryBody body)
    {
        _feed.Add(body);
        return _feed.After(_feed.Newest - 1, 1)[0];
    }

    private JsonElement Of(EntryBody body)
    {
        var (position, entry) = Add(body);
        return Of(position, entry);
    }

    private JsonElement Of(long position, Entry entry) => JsonElement.Parse(new OcsfEvents(_feed, "1.2.3").Of(position, entry).Json.Span);
}
