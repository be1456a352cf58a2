using System.Collections.Immutable;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Ledger.Keys;

/// <summary>
/// Which keys a record signs with, and since which entry, as its own entries say: two that are bound to each other, and from there on each change signed by
/// the key before and the key after. Nothing is believed that both did not sign; whether the first key is the right one is for who asks.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class KeyChain
{
    private readonly List<(long From, EcdsaPublicKey Key)> _heads = [];
    private readonly List<(long From, NoteKey Key)> _logs = [];
    private readonly ImmutableArray<KeyChange>.Builder _changes = ImmutableArray.CreateBuilder<KeyChange>();

    /// <summary>The record that the keys were said to be of; null when nothing was said.</summary>
    public string? Ledger { get; private set; }

    /// <summary>True when the record says which two keys belong together.</summary>
    public bool IsBound { get; private set; }

    /// <summary>The newest key of heads; null when the record names none.</summary>
    public EcdsaPublicKey? Head => _heads.Count == 0 ? null : _heads[^1].Key;

    /// <summary>The newest key of the log; null when the record names none.</summary>
    public NoteKey? Log => _logs.Count == 0 ? null : _logs[^1].Key;

    /// <summary>Every change, in order.</summary>
    public ImmutableArray<KeyChange> Changes => _changes.ToImmutable();

    /// <summary>Takes the next entry that is about keys; any other is passed over.</summary>
    /// <param name="position">Where it stands in the record.</param>
    /// <param name="body">What it says.</param>
    /// <returns>What is wrong with it, as one sentence; null when nothing is. What is wrong changes nothing.</returns>
    public string? Take(long position, EntryBody body) => body switch
    {
        KeysBound bound => Take(bound),
        KeyRotated { Key: RecordKeyNames.Head } rotated => TakeHead(position, rotated),
        KeyRotated { Key: RecordKeyNames.Log } rotated => TakeLog(position, rotated),
        KeyRotated rotated => $"There is no key `{rotated.Key}` of a record.",
        _ => null,
    };

    /// <summary>The key that signs a head at a position: the newest that had taken over there.</summary>
    public EcdsaPublicKey? HeadAt(long position) => At(_heads, position);

    /// <summary>The key that signs a checkpoint over so many entries.</summary>
    public NoteKey? LogAt(long size) => At(_logs, size);

    /// <summary>True when a key is, or was, the record's key of heads: a chain leads from it to the newest.</summary>
    public bool Has(EcdsaPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _heads.Exists(one => string.Equals(one.Key.Text, key.Text, StringComparison.Ordinal));
    }

    /// <summary>True when a key is, or was, the key of the record's log.</summary>
    public bool Has(NoteKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _logs.Exists(one => Same(one.Key, key));
    }

    /// <summary>True when a head is signed by the key that counted there, of a chain that the given key is part of.</summary>
    public bool IsSigned(SignedHead head, EcdsaPublicKey given)
    {
        ArgumentNullException.ThrowIfNull(head);
        return Has(given) && HeadAt(head.Head.Position) is { } key && HeadKey.Verify(head, key);
    }

    /// <summary>True when a checkpoint is signed by the key that counted there, of a chain that the given key is part of.</summary>
    public bool IsSigned(SignedNote note, long size, NoteKey given)
    {
        ArgumentNullException.ThrowIfNull(note);
        return Has(given) && LogAt(size) is { } key && note.Check(key) == NoteCheck.Valid;
    }

    private string? Take(KeysBound bound)
    {
        if (IsBound)
            return "The record's keys were bound to each other before: only a rotation can change them.";
        if (EcdsaPublicKey.TryParse(bound.HeadKey, out _) is not { } head || NoteKey.TryParse(bound.LogKey, out _) is not { } log)
            return "What stands as the record's keys is none.";
        if (!IsOf(bound.Ledger) || !IsLog(log, bound.Ledger))
            return $"The keys are those of another record, `{bound.Ledger}`.";
        if (!KeyStatement.Holds(bound, head, log))
            return "The record's keys did not sign that they belong together.";
        if ((Head is { } knownHead && !string.Equals(knownHead.Text, head.Text, StringComparison.Ordinal)) || (Log is { } knownLog && !Same(knownLog, log)))
            return "The keys are not those that earlier entries of the record lead to.";
        (Ledger, IsBound) = (bound.Ledger, true);
        if (_heads.Count == 0)
            _heads.Add((0, head));
        if (_logs.Count == 0)
            _logs.Add((0, log));
        return null;
    }

    private string? TakeHead(long position, KeyRotated rotated)
    {
        if (EcdsaPublicKey.TryParse(rotated.Old, out _) is not { } old || EcdsaPublicKey.TryParse(rotated.New, out _) is not { } next)
            return "What stands as the old or the new key of heads is none.";
        if (!IsOf(rotated.Ledger))
            return $"The change is one of another record, `{rotated.Ledger}`.";
        if (Head is { } known && !string.Equals(known.Text, old.Text, StringComparison.Ordinal))
            return $"The key `{next.Id}` takes over from `{old.Id}`, but the record's key was `{known.Id}`.";
        if (Has(next) || string.Equals(next.Text, old.Text, StringComparison.Ordinal))
            return $"The key `{next.Id}` was given up before, and takes over again.";
        if (!KeyStatement.Holds(rotated, old, next))
            return $"The change from the key `{old.Id}` to `{next.Id}` is not signed by both.";
        if (_heads.Count == 0)
            _heads.Add((0, old));
        _heads.Add((position, next));
        Ledger = rotated.Ledger;
        _changes.Add(new KeyChange(position, RecordKey.Head, rotated.Old, rotated.New));
        return null;
    }

    private string? TakeLog(long position, KeyRotated rotated)
    {
        if (NoteKey.TryParse(rotated.Old, out _) is not { } old || NoteKey.TryParse(rotated.New, out _) is not { } next)
            return "What stands as the old or the new key of the log is none.";
        if (!IsOf(rotated.Ledger) || !IsLog(old, rotated.Ledger) || !IsLog(next, rotated.Ledger))
            return $"The change is one of another record, `{rotated.Ledger}`.";
        if (Log is { } known && !Same(known, old))
            return $"The key `{next}` takes over from `{old}`, but the log's key was `{known}`.";
        if (Has(next) || Same(next, old))
            return $"The key `{next}` was given up before, and takes over again.";
        if (!KeyStatement.Holds(rotated, old, next))
            return $"The change from the key `{old}` to `{next}` is not signed by both.";
        if (_logs.Count == 0)
            _logs.Add((0, old));
        _logs.Add((position, next));
        Ledger = rotated.Ledger;
        _changes.Add(new KeyChange(position, RecordKey.Log, rotated.Old, rotated.New));
        return null;
    }

    private bool IsOf(string ledger) => Ledger is null || string.Equals(Ledger, ledger, StringComparison.Ordinal);

    private static bool IsLog(NoteKey key, string ledger) =>
        key.Kind == NoteKeyKind.Log && string.Equals(key.Name, Checkpoint.OriginOf(ledger), StringComparison.Ordinal);

    private static bool Same(NoteKey one, NoteKey other) => string.Equals(one.ToString(), other.ToString(), StringComparison.Ordinal);

    private static T? At<T>(List<(long From, T Key)> keys, long position)
        where T : class
    {
        for (var n = keys.Count - 1; n >= 0; n--)
        {
            if (keys[n].From <= position)
                return keys[n].Key;
        }

        return null;
    }
}

/// <summary>That one key took over from another.</summary>
/// <param name="Position">The entry that says so.</param>
/// <param name="Key">Which key.</param>
/// <param name="Old">The public half of the one before.</param>
/// <param name="New">The public half of the one since.</param>
public sealed record KeyChange(long Position, RecordKey Key, string Old, string New);
