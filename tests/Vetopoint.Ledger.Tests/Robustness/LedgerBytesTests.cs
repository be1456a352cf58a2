using Vetopoint.Testing.Ledger.Bytes;

namespace Vetopoint.Ledger.Tests.Robustness;

/// <summary>Bytes no one meant well, to every reader. <c>./fuzz ledger-bytes</c> does the same without end.</summary>
public sealed class LedgerBytesTests
{
    private const ulong Seeds = 20_000;

    [Fact]
    public void No_reader_crashes_takes_what_it_would_not_write_or_believes_what_was_changed()
    {
        var readers = new HashSet<LedgerReader>();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var input = LedgerBytes.Make(seed);
            readers.Add(input.Reader);
            var found = LedgerBytes.Try(input);
            Assert.True(found is null, $"{input.Reader}: {found} See it alone: ./fuzz ledger-bytes --seed {seed} --count 1");
        }

        Assert.Equal(Enum.GetValues<LedgerReader>().Length, readers.Count);
    }
}
