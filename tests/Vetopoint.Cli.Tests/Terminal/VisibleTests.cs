using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Tests.Terminal;

public sealed class VisibleTests
{
    [Theory]
    [InlineData("plain text 100%", "plain text 100%")]
    [InlineData("Zoë 東京 🙂", "Zoë 東京 🙂")]
    [InlineData("a\tb", "a\\u{9}b")]
    [InlineData("\u001b[31mred", "\\u{1b}[31mred")]
    [InlineData("a\u202egnp.exe", "a\\u{202e}gnp.exe")]
    [InlineData("zero\u200bwidth", "zero\\u{200b}width")]
    [InlineData("soft\u00adhyphen", "soft\\u{ad}hyphen")]
    [InlineData("no\u00a0break", "no\\u{a0}break")]
    [InlineData("tag\U000E0041", "tag\\u{e0041}")]
    [InlineData("filler\u3164", "filler\\u{3164}")]
    [InlineData("line\u2028separator", "line\\u{2028}separator")]
    [InlineData("one\ntwo", "one\\u{a}two")]
    public void One_line_shows_what_would_be_hidden(string text, string shown) => Assert.Equal(shown, Visible.Line(text));

    [Fact]
    public void A_broken_surrogate_is_shown_as_its_number() => Assert.Equal("a\\u{d800}b", Visible.Line("a\ud800b"));

    [Fact]
    public void Several_lines_keep_line_feeds_but_not_carriage_returns() => Assert.Equal("one\ntwo\\u{d}", Visible.Lines("one\ntwo\r"));
}
