using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Entries;

public sealed class EntryKindsTests
{
    [Fact]
    public void Every_kind_is_listed_once()
    {
        var kinds = SampleBodies.All.Select(body => new TaskChain("t").Next(body).Kind).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(kinds, EntryKinds.All.Order(StringComparer.Ordinal));
    }
}
