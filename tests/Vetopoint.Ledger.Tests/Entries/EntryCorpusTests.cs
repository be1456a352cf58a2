using System.Text;
using System.Text.Json;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Tests.Entries;

/// <summary>
/// <c>tests/corpus/ledger</c>: entries that must stay readable for ever, byte for byte, and bytes that must be refused by name.
/// </summary>
public sealed class EntryCorpusTests
{
    public static TheoryData<string> Accepted => [.. Lines("entries-v1.jsonl")];

    public static TheoryData<string, string, string> Refused
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var line in Lines("entries-refused.jsonl"))
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                cases.Add(root.GetProperty("case").GetString()!, root.GetProperty("bytes").GetString()!, root.GetProperty("message").GetString()!);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Accepted))]
    public void An_entry_of_version_1_is_read(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);

        var entry = Entry.Decode(bytes);

        Assert.Equal(bytes, Entry.Seal(entry.Task, entry.Sequence, entry.Previous, entry.Time, entry.Body).Canonical.ToArray());
    }

    [Fact]
    public void The_corpus_has_every_kind() =>
        Assert.Equal(
            typeof(EntryKinds).GetFields().Length,
            Lines("entries-v1.jsonl").Select(line => Entry.Decode(Encoding.UTF8.GetBytes(line)).Kind).Distinct().Count());

    [Theory, MemberData(nameof(Refused))]
    public void Bytes_that_are_no_entry_are_refused_by_name(string name, string bytes, string message)
    {
        var refused = Assert.Throws<LedgerException>(() => Entry.Decode(Encoding.Latin1.GetBytes(bytes)));
        Assert.True(refused.Message.Contains(message, StringComparison.Ordinal), $"{name}: {refused.Message}");
    }

    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "corpus", file)).Where(line => line.Length > 0);
}
