using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Storage.Keys;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Log;

/// <summary>
/// The record as a transparency log: a thread of its own reads what became durable, writes it into tiles, and signs a checkpoint. Appends never
/// wait for it, and what it writes can be made anew from the record. Per turn:
/// 1. takes the entries that were acknowledged since;
/// 2. grows the tree and writes its tiles;
/// 3. signs a checkpoint over all of it and puts it in the place of the one before.
/// </summary>
/// <remarks>
/// INVARIANT: no checkpoint is signed that does not lead on from the one that lies in the folder. When the record does not lead there, it was
/// changed, and the log is not opened.
/// </remarks>
public sealed class LedgerLog : IDisposable
{
    private readonly SqliteLedger _ledger;
    private readonly StateDirectory _directory;
    private readonly LogFiles _files;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly object _wake = new();
    private ITimer? _timer;
    private bool _isDue;
    private bool _isStopping;
    private readonly Thread _thread;

    // Owned by who holds the lock.
    private readonly Lock _turn = new();
    private TreeWriter? _tree;
    private NoteSigner _signer;
    private NoteSigner? _next;
    private (NoteSigner Signer, DateTimeOffset Until)? _former;
    // True when the newest checkpoint is to be signed again, because the keys are others.
    private volatile bool _signsAnew;

    private volatile NoteKey _key;

    // Owned by who holds it; the thread that publishes never waits for a witness.
    private readonly Lock _keeping = new();
    private readonly LogFiles _cosigned;

    private volatile SignedNote? _published;
    private volatile string? _problem;
    private long _publishedAt; // 0 before the first checkpoint

    private LedgerLog(SqliteLedger ledger, NoteSigner signer, StateDirectory directory, TimeProvider time, TimeSpan interval)
    {
        _ledger = ledger;
        _signer = signer;
        _key = signer.Public;
        _directory = directory;
        _files = new LogFiles(directory.LogFolder);
        _cosigned = new LogFiles(directory.LogFolder);
        _time = time;
        _interval = interval;
        Source = new LogFolder(directory.LogFolder);
        _thread = new Thread(Run) { Name = "Ledger log", IsBackground = true, Priority = ThreadPriority.BelowNormal };
    }

    /// <summary>Where the log lies.</summary>
    public LogFolder Source { get; }

    /// <summary>The key that auditors check checkpoints with.</summary>
    public NoteKey Key => _key;

    /// <summary>The newest checkpoint; null before the first.</summary>
    public SignedNote? Published => _published;

    /// <summary>Entries that are on disk and in no checkpoint yet.</summary>
    public long Behind => Math.Max(0, _ledger.Acknowledged.Head.Position - (_published is { } note ? SizeOf(note) : 0));

    /// <summary>How old the newest checkpoint is, while there are entries that it does not have; zero when there are none.</summary>
    public TimeSpan CheckpointAge =>
        Behind == 0 ? TimeSpan.Zero : _time.GetElapsedTime(Interlocked.Read(ref _publishedAt));

    /// <summary>Why the log is behind; null when it is not. Decisions do not depend on it: the record is what they wait for.</summary>
    public string? Problem => _problem;

    /// <summary>Opens the log of a record, makes its key when there is none, and starts to follow the record.</summary>
    /// <param name="held">The state directory.</param>
    /// <param name="ledger">The record.</param>
    /// <param name="time">What time it is.</param>
    /// <param name="interval">How long entries may gather; null for <see cref="StorageLimits.LogInterval"/>.</param>
    /// <param name="placeOfFirstKey">Where the log's first key lies when that is a token: a URI of RFC 7512; null for what the state directory says.</param>
    /// <exception cref="LedgerException">The record does not lead to the checkpoint that was published, or key or files are unusable.</exception>
    public static LedgerLog Open(
        StateDirectoryLock held, SqliteLedger ledger, TimeProvider time, TimeSpan? interval = null, string? placeOfFirstKey = null)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(time);
        var log = new LedgerLog(ledger, OpenKey(held.Directory, ledger, placeOfFirstKey), held.Directory, time, interval ?? StorageLimits.LogInterval);
        try
        {
            lock (log._turn)
            {
                log._former = LogKeyFile.OpenFormer(held.Directory, ledger.Acknowledged.Head.Ledger, ledger.Keys, time.GetUtcNow());
                log._tree = log.OpenTree();
            }

            log._timer = time.CreateTimer(_ => log.Wake(isStopping: false), null, log._interval, log._interval);
            log._thread.Start();
            return log;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.DisposeKeys();
            throw Unusable(fault);
        }
        catch
        {
            log.DisposeKeys();
            throw;
        }
    }

    /// <summary>Takes up everything that was acknowledged so far and publishes it.</summary>
    /// <exception cref="LedgerException">It could not, for now or at all; see the message.</exception>
    public SignedNote PublishNow()
    {
        lock (_turn)
        {
            try
            {
                return Publish();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                _tree = null;
                throw Unusable(fault);
            }
            catch
            {
                _tree = null;
                throw;
            }
        }
    }

    /// <summary>Keeps a checkpoint of this log that a witness cosigned, in the place of the one before, for whoever reads the log.</summary>
    /// <exception cref="LedgerException">The log did not sign it, or the witness did not, or it cannot be written.</exception>
    public void KeepCosigned(NoteKey witness, SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(witness);
        ArgumentNullException.ThrowIfNull(note);
        if (note.Check(Key) != NoteCheck.Valid || note.Check(witness) != NoteCheck.Valid)
            throw new LedgerException($"{StorageCodes.LogUnusable}: What is to be kept is not a checkpoint of `{Key.Name}` that `{witness.Name}` cosigned.");
        try
        {
            lock (_keeping)
                _cosigned.Write(LogFolder.CosignedPathOf(witness), Encoding.UTF8.GetBytes(note.ToString()), sync: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(fault);
        }
    }

    /// <summary>Publishes what is left, as far as it can, and ends.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        Wake(isStopping: true);
        if (_thread.IsAlive)
            _thread.Join();
        DisposeKeys();
    }

    /// <summary>Says which two keys are the record's, signed by both.</summary>
    internal KeysBound Bind(string ledger, HeadKey head)
    {
        lock (_turn)
            return KeyStatement.Bind(ledger, head, _signer);
    }

    /// <summary>From now on checkpoints are signed by the key and by the one that is about to take over, which is taken over from the caller.</summary>
    internal KeyRotated Prepare(NoteSigner next, string ledger)
    {
        lock (_turn)
        {
            _next = next;
            _signsAnew = true;
            return KeyStatement.Rotate(ledger, _signer, next);
        }
    }

    /// <summary>The key that was about to has taken over; the one before signs beside it for a while.</summary>
    internal void TakeOver()
    {
        lock (_turn)
        {
            _former?.Signer.Dispose();
            _former = (_signer, _time.GetUtcNow() + StorageLimits.FormerKeySigns);
            _signer = _next!;
            _next = null;
            _key = _signer.Public;
            _signsAnew = true;
        }
    }

    /// <summary>The key that was about to does not take over.</summary>
    internal void Withdraw()
    {
        lock (_turn)
        {
            _next?.Dispose();
            _next = null;
        }
    }

    private void DisposeKeys()
    {
        _signer.Dispose();
        _next?.Dispose();
        _former?.Signer.Dispose();
    }

    /// <summary>Turns begin an interval after each other, however long each takes: what was acknowledged when one begins is in its checkpoint.</summary>
    private void Run()
    {
        bool stopping;
        do
        {
            stopping = Rest();
            try
            {
                if (_published is null || _problem is not null || _signsAnew || SizeOf(_published) != _ledger.Acknowledged.Head.Position)
                    PublishNow();
                _problem = null;
            }
            catch (LedgerException fault)
            {
                // Told by whoever asks for the log's state, and tried again: the record itself is safe.
                _problem = fault.Message;
            }
        }
        while (!stopping);
    }

    private void Wake(bool isStopping)
    {
        lock (_wake)
        {
            _isDue = true;
            _isStopping |= isStopping;
            Monitor.Pulse(_wake);
        }
    }

    /// <summary>Waits for the next turn. True when it is the last.</summary>
    private bool Rest()
    {
        lock (_wake)
        {
            // Timers need a thread of the pool: where all are busy for long, this one wakes by itself.
            if (!_isDue)
                Monitor.Wait(_wake, 2 * _interval);
            _isDue = false;
            return _isStopping;
        }
    }

    private SignedNote Publish()
    {
        var tree = _tree ??= OpenTree();
        var until = _ledger.Acknowledged.Head.Position; // 1.
        while (tree.Size < until)
        {
            var entries = _ledger.Reader.ReadCanonical(tree.Size, (int)Math.Min(StorageLimits.LogReadEntries, until - tree.Size));
            if (entries.Count == 0)
                throw Contradicted(until, tree.Size);
            foreach (var entry in entries)
                tree.Append(entry); // 2.
        }

        if (_published is { } published && SizeOf(published) == tree.Size && !_signsAnew)
            return published;
        tree.WritePartials();
        var note = Sign(new Checkpoint(_signer.Public.Name, tree.Size, tree.Root()));
        _files.Write(LogFolder.CheckpointName, Encoding.UTF8.GetBytes(note.ToString()), sync: true); // 3.
        _published = note;
        Interlocked.Exchange(ref _publishedAt, _time.GetTimestamp());
        _signsAnew = false;
        return note;
    }

    /// <summary>Every key signs that counts now: the log's, one that is about to take over, and one that was just given up.</summary>
    private SignedNote Sign(Checkpoint checkpoint)
    {
        var now = _time.GetUtcNow();
        var note = checkpoint.Sign(_signer, now);
        if (_next is not null)
            note = note.With(_next.Sign(note.Text, now));
        if (_former is not { } former)
            return note;
        if (now < former.Until && TrySign(former.Signer, note.Text, now) is { } signature)
            return note.With(signature);
        former.Signer.Dispose();
        _former = null;
        File.Delete(_directory.FormerLogKeyFile);
        return note;
    }

    /// <summary>The former key's signature is a courtesy: when its token is away, it ends.</summary>
    private static NoteSignature? TrySign(NoteSigner former, string text, DateTimeOffset now)
    {
        try
        {
            return former.Sign(text, now);
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    /// <summary>Goes on after the published checkpoint. Files that are spoilt are made anew, and must then lead to the same root.</summary>
    private TreeWriter OpenTree()
    {
        _files.Forget();
        if (_files.Read(LogFolder.CheckpointName) is not { } bytes)
            return TreeWriter.Begin(_files);
        var note = ReadPublished(bytes);
        var published = Checkpoint.Of(note);
        var ends = _ledger.Acknowledged.Head.Position;
        if (published.Size > ends)
            throw Contradicted(published.Size, ends);
        var lastTile = published.Size == 0 ? 0 : (published.Size - 1) / Tile.FullWidth * Tile.FullWidth;
        var newest = published.Size == 0 ? [] : _ledger.Reader.ReadCanonical(lastTile, (int)(published.Size - lastTile));
        var settled = ReadSettled(published.Size);
        var tree = TreeWriter.Resume(_files, published.Size, settled, newest);
        if (tree is not null && published.Root.Span.SequenceEqual(tree.Root()))
            Settle(settled, published.Size);
        else
            tree = MakeAnew(published);
        tree.WritePartials();
        _published = note;
        Interlocked.Exchange(ref _publishedAt, _time.GetTimestamp());
        return tree;
    }

    /// <summary>Tiles are written without syncing, so after a power cut those since the last start are read, and from then on are durable.</summary>
    private void Settle(long from, long size)
    {
        if (TileCheck.FullTiles(from, size).ToList() is not { Count: > 0 } tiles)
            return;
        _files.Sync(tiles.SelectMany(PathsOf));
        _directory.Write(_directory.LogSettledFile, (size / Tile.FullWidth * Tile.FullWidth).ToString(CultureInfo.InvariantCulture) + "\n");
    }

    private IEnumerable<string> PathsOf(Tile tile)
    {
        yield return tile.Path;
        if (tile.Level > 0)
            yield break;
        var bundle = tile with { Level = Tile.EntriesLevel };
        yield return bundle.Path;
        foreach (var leaf in EntryBundle.Read(bundle, _files.Read(bundle.Path)!))
        {
            if (EntryBundle.LargePathOf(leaf.Span) is { } large)
                yield return large;
        }
    }

    private long ReadSettled(long published) =>
        File.Exists(_directory.LogSettledFile)
        && long.TryParse(File.ReadAllText(_directory.LogSettledFile).AsSpan().TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var settled)
        && settled <= published
            ? settled
            : 0;

    private TreeWriter MakeAnew(Checkpoint published)
    {
        if (File.Exists(_directory.LogSettledFile))
            _directory.Write(_directory.LogSettledFile, "0\n");
        var tree = TreeWriter.Begin(_files);
        while (tree.Size < published.Size)
        {
            var entries = _ledger.Reader.ReadCanonical(tree.Size, (int)Math.Min(StorageLimits.LogReadEntries, published.Size - tree.Size));
            if (entries.Count == 0)
                throw Contradicted(published.Size, tree.Size);
            foreach (var entry in entries)
                tree.Append(entry);
        }

        if (!published.Root.Span.SequenceEqual(tree.Root()))
        {
            throw new LedgerException(string.Create(
                CultureInfo.InvariantCulture,
                $"{StorageCodes.LogContradicted}: The first {published.Size} entries of the record do not lead to the checkpoint that was published over ") +
                "them: the record was changed. Keep both, run `vetopoint ledger verify`, and restore the newest backup.");
        }

        return tree;
    }

    private SignedNote ReadPublished(byte[] bytes)
    {
        var note = SignedNote.Parse(bytes);
        var published = Checkpoint.Of(note);
        return string.Equals(published.Origin, Key.Name, StringComparison.Ordinal)
            && (note.Check(Key) == NoteCheck.Valid || _ledger.Keys.IsSigned(note, published.Size, Key))
            ? note
            : throw new LedgerException(
                $"{StorageCodes.LogContradicted}: The checkpoint in `{Source.Folder}` is not signed by the log's key `{Key.Name}`: it, the key or the record was " +
                "exchanged. Restore what belongs together from a backup.");
    }

    private static NoteSigner OpenKey(StateDirectory directory, SqliteLedger ledger, string? placeOfFirst)
    {
        try
        {
            return LogKeyFile.Open(directory, ledger.Acknowledged.Head.Ledger, ledger.Keys, placeOfFirst ?? LogKeyFile.ReadPlace(directory));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(fault);
        }
    }

    private static long SizeOf(SignedNote note) => Checkpoint.Of(note).Size;

    private static LedgerException Contradicted(long published, long ends) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{StorageCodes.LogContradicted}: A checkpoint was published over {published} entries, but the record ends at {ends}: acknowledged entries were cut off. ") +
        "Keep the files, run `vetopoint ledger verify`, and restore the newest backup.");

    private static LedgerException Unusable(Exception fault) =>
        new($"{StorageCodes.LogUnusable}: The log's files cannot be used: {fault.Message} Free some space, or make them writable for this user.", fault);
}
