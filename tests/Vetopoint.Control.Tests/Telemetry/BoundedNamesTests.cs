using Vetopoint.Control.Telemetry;

namespace Vetopoint.Control.Tests.Telemetry;

public sealed class BoundedNamesTests
{
    [Fact]
    public void The_first_names_stay_and_every_further_one_is_another()
    {
        var names = new BoundedNames();
        var kept = Enumerable.Range(0, ControlLimits.MeasuredNamesMax).Select(static i => $"name-{i}").ToList();

        Assert.All(kept, name => Assert.Equal(name, names.Of(name)));
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal("_other", names.Of($"further-{i}")));
        Assert.All(kept, name => Assert.Equal(name, names.Of(name)));
    }

    [Fact]
    public async Task No_more_are_kept_however_many_ask_at_once()
    {
        var names = new BoundedNames();
        var given = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            () => Enumerable.Range(0, 2000).Select(i => names.Of($"name-{(i * 7 + worker * 13) % 2000}")).ToHashSet(StringComparer.Ordinal),
            TestContext.Current.CancellationToken)));

        var kept = given.SelectMany(static some => some).Where(static name => name != "_other").ToHashSet(StringComparer.Ordinal);
        Assert.InRange(kept.Count, 1, ControlLimits.MeasuredNamesMax);
        Assert.All(kept, name => Assert.Equal(name, names.Of(name)));
    }
}
