using Vetopoint.Api.Configuration;

namespace Vetopoint.Server.Tests.Configuration;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("amout", "amount")]
    [InlineData("AMOUNT", "amount")]
    [InlineData("onwer", "owner")]
    [InlineData("x", null)]
    [InlineData("entirely-different", null)]
    public void The_nearest_name_is_suggested_when_it_is_near(string written, string? expected) =>
        Assert.Equal(expected, Suggestion.For(written, ["amount", "owner", "listen"]));
}
