using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Entries;

/// <summary>
/// Entries are read in one pass that accepts nothing but the canonical form. What that pass accepts is held here to what it stands for: reading, writing anew and
/// comparing the bytes.
/// </summary>
public sealed class CanonicalFormTests
{
    /// <summary>What stands between a canonical entry and another spelling of the same, or of nothing.</summary>
    private static readonly string[] Pieces =
    [
        " ", "\t", "\n", "\r", ",", ":", "\"", "\\", "{", "}", "[", "]", "0", "-", "-0", "1", "e0", ".0", "+", "null", "true", "false", "\\u0041", "\\u001f", "\\u001F",
        "\\u000a", "\\/", "\\n", "\\b", "\\q", "\\u12", "\\ud83d\\ude00", "\\ud800", "\u00e9", "\u0001", "\u007f", "\"x\":1,", ",\"x\":1", "\"a\",", "//", "/**/",
    ];

    private static readonly Gen<string> AnyText =
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["\u0000\u0008\u000b\u001f\u007f\"\\/\b\t\n\f\r{}:,\u2028é漢kind"], 0, 30]).Where(text => text.IsWholeUnicode());

    private static readonly Gen<byte[]> AnyEntry = Gen.Select(
        Gen.Int[0, SampleBodies.All.Count - 1], Gen.Long[1, LedgerLimits.IntegerMax], AnyText.Where(text => text.Length is > 0 and <= LedgerLimits.TaskCharsMax), AnyText,
        (index, sequence, task, text) => Seal(task, sequence, With(SampleBodies.All[index], text)));

    [Fact]
    public void Whatever_can_be_sealed_is_read_and_written_the_same() => AnyEntry.Sample(bytes =>
    {
        var entry = Entry.Decode(bytes);
        Assert.Equal(bytes, Entry.Seal(entry.Task, entry.Sequence, entry.Previous, entry.Time, entry.Body).Canonical.ToArray());
    });

    [Fact]
    public void Whatever_is_read_would_be_written_with_exactly_its_bytes() =>
        Gen.Select(AnyEntry, Gen.Int[0, 100_000], Gen.Int[0, 3], Gen.Int[0, Pieces.Length - 1], Gen.Int[1, 6]).Sample(
            (bytes, at, change, piece, length) =>
            {
                Check(Changed(bytes, at % bytes.Length, change, Encoding.UTF8.GetBytes(Pieces[piece]), length));
            },
            iter: 20_000);

    [Fact]
    public void A_piece_put_anywhere_into_an_entry_is_refused_or_is_part_of_what_it_says()
    {
        var read = 0;
        foreach (var body in SampleBodies.All)
        {
            var bytes = Seal("t", 7, body);
            foreach (var piece in Pieces.Select(Encoding.UTF8.GetBytes))
            {
                for (var at = 0; at <= bytes.Length; at += 3)
                    read += Check([.. bytes[..at], .. piece, .. bytes[at..]]) ? 1 : 0;
            }
        }

        // A letter within a text is read: the check above has something to hold.
        Assert.True(read > 1_000);
    }

    [Fact]
    public void A_form_that_is_not_canonical_is_told_from_bytes_that_are_no_JSON() =>
        Gen.Select(AnyEntry, Gen.Int[0, 100_000], Gen.Int[0, 3], Gen.Int[0, Pieces.Length - 1], Gen.Int[1, 6]).Sample(
            (bytes, at, change, piece, length) =>
            {
                var changed = Changed(bytes, at % bytes.Length, change, Encoding.UTF8.GetBytes(Pieces[piece]), length);
                if (Refusal(changed) is { } refused && refused.StartsWith(LedgerCodes.EntryNotCanonical, StringComparison.Ordinal) && IsJson(changed))
                    Assert.NotEqual(Encoding.UTF8.GetString(changed), Rfc8785.Canonicalise(changed));
            },
            iter: 20_000);

    private static bool Check(byte[] bytes)
    {
        Entry entry;
        try
        {
            entry = Entry.Decode(bytes);
        }
        catch (LedgerException)
        {
            return false;
        }

        Assert.Equal(bytes, Entry.Seal(entry.Task, entry.Sequence, entry.Previous, entry.Time, entry.Body).Canonical.ToArray());
        return true;
    }

    private static string? Refusal(byte[] bytes)
    {
        try
        {
            Entry.Decode(bytes);
            return null;
        }
        catch (LedgerException refused)
        {
            return refused.Message;
        }
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object && Rfc8785.Canonicalise(bytes).Length > 0;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Changed(byte[] bytes, int at, int change, byte[] piece, int length)
    {
        var end = Math.Min(at + length, bytes.Length);
        return change switch
        {
            0 => [.. bytes[..at], .. piece, .. bytes[at..]],
            1 => [.. bytes[..at], .. bytes[end..]],
            2 => [.. bytes[..at], .. piece, .. bytes[end..]],
            _ => [.. bytes[..end], .. bytes[at..]],
        };
    }

    private static EntryBody With(EntryBody body, string text) => body switch
    {
        TaskOpened opened => opened with { Purpose = text, Chain = [text, "b", text] },
        TaskEnded => new TaskEnded(text),
        Intent intent => intent with { Name = text, Reasons = [text], WouldAllow = [text, text] },
        Outcome outcome => outcome with { Notes = text },
        OperatorAct act => act with { Subject = text },
        _ => body,
    };

    private static byte[] Seal(string task, long sequence, EntryBody body) =>
        Entry.Seal(task, sequence, SHA256.HashData("before"u8), SampleBodies.Time.AddTicks(sequence % 10_000_000), body).Canonical.ToArray();
}
