using Vetopoint.Ledger.Secrets;

namespace Vetopoint.Ledger.Tests.Secrets;

/// <summary>What must not stand in the record, and what must not be lost from it.</summary>
public sealed class SecretFormatsTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    public static TheoryData<string, string> Secrets() => new()
    {
        { "gh" + "p_" + Letters[..36], "[GitHub token]" },
        { "sk_" + "live_" + Letters[..24], "[Stripe key]" },
        { "key AKIA" + "ABCDEFGHIJKLMNOP in it", "key [AWS access key] in it" },
        { "postgres://admin:S3cretPassw0rd@db.internal/prod", "postgres://admin:[password in a URL]@db.internal/prod" },
        { "https://api.example/x?id=7&api_key=abcdefgh&b=1", "https://api.example/x?id=7&api_key=[secret in a URL]&b=1" },
        { "Server=db;Password=hunter2x;Database=prod", "Server=db;Password=[password in a connection string];Database=prod" },
        { "eyJ" + Letters[..20] + ".eyJ" + Letters[..20] + "." + Letters[..20], "[JSON web token]" },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Masks_a_secret_and_keeps_what_stands_around_it(string text, string masked)
    {
        Assert.Equal(masked, SecretFormats.Mask(text));
        Assert.NotNull(SecretFormats.Kind(text));
    }

    [Theory]
    [InlineData("/srv/data/report-2026.csv")]
    [InlineData("https://example.org/a/b?page=2&sort=key")]
    [InlineData("customers")]
    [InlineData("user@example.org")]
    [InlineData("ssh://git@example.org:22/x")]
    public void Leaves_a_name_as_it_is(string text) => Assert.Equal(text, SecretFormats.Mask(text));

    [Fact]
    public void Takes_no_longer_for_a_hostile_text_than_for_any_other_of_its_length()
    {
        // A pattern that backtracks would not end here.
        var text = string.Concat(Enumerable.Repeat("a://a:", 20_000)) + string.Concat(Enumerable.Repeat("password= ", 20_000));

        Assert.NotNull(SecretFormats.Mask(text));
    }
}
