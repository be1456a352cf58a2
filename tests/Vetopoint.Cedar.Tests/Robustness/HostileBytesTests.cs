using System.Text;
using Vetopoint.Cedar.Json;
using Vetopoint.Testing.Cedar.Bytes;

namespace Vetopoint.Cedar.Tests.Robustness;

/// <summary>Bytes no one meant well, to every reader. <c>./fuzz cedar-bytes</c> does the same without end.</summary>
public sealed class HostileBytesTests
{
    private const ulong Seeds = 4_000;

    [Fact]
    public void No_reader_crashes_hangs_or_eats_memory()
    {
        var readers = new HashSet<HostileReader>();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var input = HostileBytes.Make(seed);
            readers.Add(input.Reader);
            var found = HostileBytes.Try(input);
            Assert.True(found is null, $"{input.Reader}: {found} See it alone: ./fuzz cedar-bytes --seed {seed} --count 1");
        }

        Assert.Equal(Enum.GetValues<HostileReader>().Length, readers.Count);
    }

    [Theory]
    [InlineData("[{\"uid\":{\"type\":\"A\",\"id\":\"\\ud800\"},\"attrs\":{},\"parents\":[]}]", "surrogate")]
    [InlineData("[{\"uid\":{\"type\":\"A\",\"id\":\"x\"},\"attrs\":{\"\\udc00\":1},\"parents\":[]}]", "surrogate")]
    [InlineData("[{\"uid\":{\"type\":\"A\",\"id\":\"\u00ff\"},\"attrs\":{},\"parents\":[]}]", "UTF-8")]
    public void Refuses_entities_whose_text_is_no_Unicode(string text, string said)
    {
        var problem = Assert.Throws<FormatException>(() => CedarJson.ReadEntities(Encoding.Latin1.GetBytes(text)));
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }
}
