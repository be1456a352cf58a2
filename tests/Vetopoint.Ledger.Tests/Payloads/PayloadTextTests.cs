using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Ledger.Tests.Payloads;

/// <summary>What of a message is kept, and what is left out of it.</summary>
public sealed class PayloadTextTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>One secret of every format that is known, and the part of it that must not be kept.</summary>
    public static TheoryData<string, string> Secrets => new()
    {
        { "private key", "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA0Z\nq3\n-----END RSA PRIVATE " + "KEY-----|MIIEpAIBAAKCAQEA0Z" },
        { "private key without an end", "-----BEGIN PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA0Z|MIIEpAIBAAKCAQEA0Z" },
        { "GitHub token", "gh" + "p_" + Letters[..36] },
        { "GitHub fine-grained token", "github_" + "pat_" + Letters[..40] },
        { "GitLab token", "glp" + "at-" + Letters[..20] },
        { "Anthropic key", "sk-" + "ant-" + Letters[..40] },
        { "OpenAI key", "sk-" + "proj-" + Letters[..40] },
        { "AWS access key", "AKIA" + "ABCDEFGHIJKLMNOP" },
        { "Google API key", "AI" + "za" + Letters[..35] },
        { "Slack token", "xo" + "xb-" + Letters[..24] },
        { "Stripe key", "sk_" + "live_" + Letters[..24] },
        { "npm token", "np" + "m_" + Letters[..36] },
        { "Hugging Face token", "hf" + "_" + Letters[..34] },
        { "Notion token", "nt" + "n_" + Letters[..44] },
        { "Linear key", "lin_" + "api_" + Letters[..40] },
        { "Vetopoint agent key", "v" + "p_" + Letters[..43] },
        { "JSON web token", "eyJ" + Letters[..20] + ".eyJ" + Letters[..20] + "." + Letters[..20] },
        { "password in a connection string", "Server=db;Password=hunter2xyz;Database=prod|hunter2xyz" },
        { "password in a URL", "postgres://admin:S3cretPassw0rd@db.internal/prod|S3cretPassw0rd" },
        { "secret in a URL", "https://api.example/x?id=7&api_key=abcdefgh1234|abcdefgh1234" },
    };

    [Theory, MemberData(nameof(Secrets))]
    public void No_secret_of_a_known_format_is_kept_in_clear_however_it_is_escaped(string name, string secret)
    {
        var (text, hidden) = secret.Split('|') is [var whole, var part] ? (whole, part) : (secret, secret);
        foreach (var written in (string[])[JsonSerializer.Serialize(text), EscapeAll(text)])
        {
            var message = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"a":["before",""" + written + """],"b":2}}}""";

            var kept = PayloadText.Of(Encoding.UTF8.GetBytes(message))!;

            Assert.True(kept.Masked >= 1, name);
            Assert.DoesNotContain(hidden, Meaning(kept), StringComparison.Ordinal);
            Assert.Contains("before", Meaning(kept), StringComparison.Ordinal);
            Assert.Null(kept.CutFrom);
        }
    }

    [Fact]
    public void A_secret_in_a_name_is_not_kept_either()
    {
        var secret = "gh" + "p_" + Letters[..36];

        var kept = PayloadText.Of(Encoding.UTF8.GetBytes($$"""{"{{secret}}":1}"""))!;

        Assert.Equal("""{"[GitHub token]":1}""", Encoding.UTF8.GetString(kept.Bytes.Span));
    }

    [Fact]
    public void A_value_whose_name_says_that_it_is_a_secret_is_not_kept()
    {
        var kept = PayloadText.Of("""{"Password": "hunter2", "passwords": ["a"], "password": {"hint": "dog"}, "token": 12}"""u8)!;

        Assert.Equal(
            """{"Password": "[secret]", "passwords": ["a"], "password": {"hint": "dog"}, "token": 12}""", Encoding.UTF8.GetString(kept.Bytes.Span));
        Assert.Equal(1, kept.Masked);
    }

    [Fact]
    public void A_message_without_secrets_is_kept_byte_for_byte() => Json.Sample(message =>
    {
        var bytes = Encoding.UTF8.GetBytes(message);

        var kept = PayloadText.Of(bytes)!;

        Assert.Equal(bytes, kept.Bytes.ToArray());
        Assert.Equal(SHA256.HashData(bytes), kept.Digest.ToArray());
        Assert.Equal((0, null), (kept.Masked, kept.CutFrom));
    });

    [Fact]
    public void Of_a_message_of_20_MB_the_beginning_is_kept_and_how_long_it_was()
    {
        var message = Encoding.UTF8.GetBytes($$"""{"first":"kept","big":"{{new string('x', 20 * 1024 * 1024)}}","last":"{{"gh" + "p_" + Letters[..36]}}"}""");

        var kept = PayloadText.Of(message)!;

        Assert.Equal(LedgerLimits.PayloadBytesMax, kept.Bytes.Length);
        Assert.Equal(message.Length, kept.CutFrom);
        Assert.StartsWith("""{"first":"kept","big":"xxx""", Encoding.UTF8.GetString(kept.Bytes.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_message_of_many_short_strings_is_cut_too()
    {
        var message = Encoding.UTF8.GetBytes($"[{string.Join(",", Enumerable.Repeat("\"abcdefgh\"", 100_000))}]");

        var kept = PayloadText.Of(message)!;

        Assert.Equal(LedgerLimits.PayloadBytesMax, kept.Bytes.Length);
        Assert.Equal(message.Length, kept.CutFrom);
        Assert.Equal(message[..LedgerLimits.PayloadBytesMax], kept.Bytes.ToArray());
    }

    [Fact]
    public void No_part_of_a_secret_is_kept_that_stands_across_the_end_of_what_is_kept()
    {
        var secret = "gh" + "p_" + Letters[..36];
        for (var before = 0; before <= secret.Length; before += 3)
        {
            var filler = new string('-', LedgerLimits.PayloadBytesMax - "{\"a\":\"".Length - before);
            foreach (var message in (string[])[$$"""{"a":"{{filler}} {{secret}}"}""", $$"""{"a":"{{filler}}","b":"{{secret}}"}"""])
            {
                var kept = PayloadText.Of(Encoding.UTF8.GetBytes(message))!;
                Assert.DoesNotContain("gh" + "p_", Encoding.UTF8.GetString(kept.Bytes.Span), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_string_of_nothing_but_secrets_still_counts_as_cut()
    {
        var secrets = string.Join(' ', Enumerable.Repeat("gh" + "p_" + Letters[..36], 20_000));

        var kept = PayloadText.Of(Encoding.UTF8.GetBytes($$"""{"a":"{{secrets}}","b":"after"}"""))!;

        Assert.NotNull(kept.CutFrom);
        Assert.DoesNotContain("gh" + "p_", Encoding.UTF8.GetString(kept.Bytes.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_string_is_not_cut_within_a_character()
    {
        foreach (var odd in (string[])["", "x"])
        {
            var message = Encoding.UTF8.GetBytes($"[\"{odd}{string.Concat(Enumerable.Repeat("\U0001F600", 300_000))}\"]");

            var kept = PayloadText.Of(message)!;

            Assert.Equal(message.Length, kept.CutFrom);
            Assert.True(kept.Bytes.Length is > 200_000 and <= LedgerLimits.PayloadBytesMax);
        }
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{}{}")]
    [InlineData("")]
    public void Of_what_is_no_JSON_nothing_is_kept(string message) => Assert.Null(PayloadText.Of(Encoding.UTF8.GetBytes(message)));

    private static Gen<string> Json { get; } =
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.Int, Gen.Bool, Gen.String[Gen.Char[" äß\n\"\\/"], 0, 10], (name, number, flag, odd) =>
            $$"""  {"n{{name}}": [{{number}}, {{(flag ? "true" : "null")}}, {{JsonSerializer.Serialize(odd)}}],"s":"{{name}}"} """);

    private static string EscapeAll(string text) => $"\"{string.Concat(text.Select(character => $"\\u{(int)character:x4}"))}\"";

    /// <summary>All that the strings of the kept JSON say, one after the other.</summary>
    private static string Meaning(PayloadText kept)
    {
        var text = new StringBuilder();
        var reader = new Utf8JsonReader(kept.Bytes.Span);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                text.Append(reader.GetString()).Append('\n');
        }

        return text.ToString();
    }
}
