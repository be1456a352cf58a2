using System.Net;
using System.Text;
using CsCheck;
using Vetopoint.Api.Configuration;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Server.Tests.Configuration;

public sealed class ConfigFileTests
{
    [Fact]
    public void The_default_config_is_valid_and_spells_out_the_defaults()
    {
        var written = Check(DefaultConfig.Text("alice@example.com"));
        var empty = Check("{}");

        Assert.Equal("alice@example.com", written.Owner);
        Assert.Equal(empty.Environments, written.Environments);
        Assert.Equal(empty.Holds, written.Holds);
        Assert.Equal(empty.Limits, written.Limits);
        Assert.Equal(empty.Policies, written.Policies);
        Assert.Equal(empty.Listen.Http, written.Listen.Http);
        Assert.Equal(empty.Task.CallsMax, written.Task.CallsMax);
        Assert.Equal(empty.Task.ObjectsMax, written.Task.ObjectsMax);
        Assert.Equal(empty.Task.BytesMax, written.Task.BytesMax);
        Assert.Equal(empty.Task.ExpiresAfter, written.Task.ExpiresAfter);
        Assert.Equal(empty.Task.Effects, written.Task.Effects);
    }

    [Fact]
    public void The_default_config_keeps_any_owner_as_given()
    {
        const string Hostile = "\", \"listen\": { \"http\": \"0.0.0.0:1\" }, \"x\": \"";

        Assert.Equal(Hostile, Check(DefaultConfig.Text(Hostile)).Owner);
    }

    [Fact]
    public void Nothing_is_assumed_that_weakens()
    {
        var settings = Check("""{ "mcpServers": { "a": { "command": "x" } }, "servers": { "a": {} } }""");

        Assert.False(settings.Policies.ActivateAutomatically);
        Assert.Equal(ServerMode.Enforce, settings.Servers["a"].Mode);
        Assert.Null(settings.Servers["a"].Environment);
        Assert.True(IPAddress.IsLoopback(settings.Listen.Http!.Address));
        Assert.Contains("prod", settings.Environments);
    }

    [Fact]
    public void Prod_is_an_environment_even_when_the_config_forgets_it() =>
        Assert.Equal(["prod", "lab"], Check("""{ "environments": ["lab"] }""").Environments);

    [Fact]
    public void A_config_knows_the_effects_that_readers_know() =>
        Assert.Equal(EffectNames.All, ConfigVocabulary.Effects);

    [Fact]
    public void A_server_is_passed_on_where_it_stands()
    {
        var settings = Check("""
            { "owner": "a",
              "servers": { "a": { "environment": "prod", // comment
                                  "tools": { "x": { "effect": "read" } } } } }
            """);

        var text = Encoding.UTF8.GetString(settings.Servers["a"].Mapping.Span);

        Assert.Equal(2, text[..text.IndexOf("\"environment\"", StringComparison.Ordinal)].Count(character => character == '\n') + 1);
        Assert.DoesNotContain("owner", text, StringComparison.Ordinal);
        Assert.EndsWith("}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_that_is_too_large_is_refused_unread()
    {
        var config = ConfigFile.Check("c", new byte[ConfigLimits.FileBytesMax + 1], "/");

        Assert.Equal("VP1011", Assert.Single(config.Problems).Code);
    }

    [Fact]
    public void Deep_nesting_is_a_problem_not_a_crash()
    {
        var config = ConfigFile.Check("c", Encoding.UTF8.GetBytes(new string('[', 100_000)), "/");

        Assert.Equal("VP1001", Assert.Single(config.Problems).Code);
    }

    [Fact]
    public void Any_bytes_yield_settings_or_problems_and_never_both()
    {
        var seed = Encoding.UTF8.GetBytes(DefaultConfig.Text("a"));
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte, Gen.Int[0, 40]).Array[1, 8].Sample(edits =>
        {
            var bytes = seed.ToList();
            foreach (var (at, value, cut) in edits)
            {
                var place = Math.Min(at, bytes.Count - 1);
                bytes[place] = value;
                bytes.RemoveRange(place, Math.Min(cut, bytes.Count - place - 1));
            }

            var config = ConfigFile.Check("c", bytes.ToArray(), "/");
            return config.Settings is null != config.Problems.IsEmpty;
        });
    }

    [Theory]
    [InlineData("${TOKEN}", "secret")]
    [InlineData("Bearer ${TOKEN}", "Bearer secret")]
    [InlineData("${env:TOKEN}", "secret")]
    [InlineData("${ABSENT:-otherwise}", "otherwise")]
    [InlineData("${EMPTY:-otherwise}", "otherwise")]
    [InlineData("plain $TOKEN {TOKEN}", "plain $TOKEN {TOKEN}")]
    public void A_placeholder_is_filled_from_the_environment(string written, string expected)
    {
        var filled = Placeholder.Fill(written, Variable, out var missing);

        Assert.Equal(expected, filled);
        Assert.Null(missing);
    }

    [Fact]
    public void A_variable_that_is_not_set_is_named()
    {
        Placeholder.Fill("${TOKEN} ${ABSENT}", Variable, out var missing);

        Assert.Equal("ABSENT", missing);
    }

    private static string? Variable(string name) => name switch
    {
        "TOKEN" => "secret",
        "EMPTY" => "",
        _ => null,
    };

    private static EngineSettings Check(string text)
    {
        var config = ConfigFile.Check("vetopoint.json", Encoding.UTF8.GetBytes(text), "/home/me");
        Assert.Empty(config.Problems);
        return config.Settings!;
    }
}
