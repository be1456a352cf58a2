using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Ledger.Tests.Approvals;

public sealed class PassphraseTests
{
    [Theory]
    [InlineData("", "shorter than 12")]
    [InlineData("elevenchars", "shorter than 12")]
    [InlineData("aaaaaaaaaaaaaaaa", "repeats itself")]
    [InlineData("AaAaAaAaAaAaAaAa", "repeats itself")]
    [InlineData("abababababababab", "repeats itself")]
    [InlineData("quixoticquixotic", "repeats itself")]
    [InlineData("123456789012345", "guessed first")]
    [InlineData("abcdefghijklmnop", "guessed first")]
    [InlineData("zyxwvutsrqponmlk", "guessed first")]
    [InlineData("Password12345678", "guessed first")]
    [InlineData("passphrase-1234", "guessed first")]
    [InlineData("VetopointPassword", "guessed first")]
    [InlineData("qwertyuiop1234", "guessed first")]
    [InlineData("correct horse battery staple", "guessed first")]
    [InlineData("letmein-welcome1", "guessed first")]
    [InlineData("tab\tin the middle", "control character")]
    public void A_weak_passphrase_is_refused_with_what_to_do(string passphrase, string message)
    {
        var problem = Passphrase.Problem(passphrase);

        Assert.NotNull(problem);
        Assert.StartsWith("VP7903: ", problem, StringComparison.Ordinal);
        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.True(passphrase.Length == 0 || !problem.Contains(passphrase, StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_character_is_refused() =>
        Assert.NotNull(Passphrase.Problem("granite otter \ud800 lamp"));

    [Fact]
    public void A_passphrase_without_end_is_refused() =>
        Assert.Contains("longer than 256", Passphrase.Problem(string.Concat(Enumerable.Range(0, 100).Select(n => $"w{n * 7}x")))!, StringComparison.Ordinal);

    [Theory]
    [InlineData("granite otter lamp")]
    [InlineData("xK3#vPq9!mZt")]
    [InlineData("пять разных слов")]
    [InlineData("my password is a small green boat")]
    public void A_passphrase_that_is_hard_to_guess_is_taken(string passphrase) => Assert.Null(Passphrase.Problem(passphrase));
}
