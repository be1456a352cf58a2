namespace Vetopoint.Storage.Sqlite;

/// <summary>The tables of the record.</summary>
/// <remarks>
/// The columns beside <c>entry</c> only help to find it; verification holds each of them to the entry's bytes. The head's row is
/// replaced in the transaction of the entries that it covers.
/// </remarks>
internal static class Schema
{
    /// <summary>Marks the file as a record of Vetopoint: <c>VETO</c>.</summary>
    public const int ApplicationId = 0x5645544f;

    public const int Version = 2;

    /// <summary>The version without payloads, which is still read, and brought up when an engine opens it.</summary>
    public const int VersionWithoutPayloads = 1;

    public const string Create = CreateEntries + AddPayloads;

    /// <summary>A record of <see cref="VersionWithoutPayloads"/>.</summary>
    public const string CreateEntries = """
        create table entries (
            position integer primary key,
            task text not null,
            sequence integer not null,
            kind text not null,
            attempt text,
            entry blob not null,
            running blob not null,
            unique (task, sequence)
        ) strict;
        create index entries_by_attempt on entries (attempt) where attempt is not null;
        create index entries_by_kind on entries (kind) where kind <> 'intent' and kind <> 'outcome';
        create table head (
            id integer primary key check (id = 1),
            signed blob not null
        ) strict;
        pragma application_id = 0x5645544f;
        pragma user_version = 1;

        """;

    /// <summary>What lies, encrypted, beside the entry at a position.</summary>
    public const string AddPayloads = """
        create table payloads (
            position integer primary key,
            sealed blob not null
        ) strict;
        pragma user_version = 2;

        """;

    public const string InsertPayload = "insert into payloads (position, sealed) values ($position, $sealed)";

    public const string PayloadAt = "select sealed from payloads where position = $position";

    public const string PayloadOf =
        "select p.sealed from payloads p join entries e on e.position = p.position where e.task = $task and e.sequence = $sequence";

    public const string ErasePayloads = "delete from payloads where position in (select position from entries where task = $task)";

    public const string Insert =
        "insert into entries (position, task, sequence, kind, attempt, entry, running) " +
        "values ($position, $task, $sequence, $kind, $attempt, $entry, $running)";

    public const string ReplaceHead = "insert or replace into head (id, signed) values (1, $signed)";

    public const string ReadHead = "select signed from head where id = 1";

    public const string Newest = "select position, running from entries order by position desc limit 1";

    public const string NewestOfTask = "select sequence, entry from entries where task = $task order by sequence desc limit 1";

    public const string All =
        "select position, task, sequence, kind, attempt, entry, running from entries order by position";

    public const string OfTask =
        "select sequence, entry from entries where task = $task and sequence >= $from order by sequence limit $limit";

    public const string NewestFirst = "select position, entry from entries where position < $before order by position desc limit $limit";

    /// <summary>The conditions on <c>kind</c> are those of the index, which is why it is used.</summary>
    public const string OfRareKind =
        "select position, entry from entries where kind = $kind and kind <> 'intent' and kind <> 'outcome' and position > $after " +
        "order by position limit $limit";

    public const string From = "select position, entry, kind from entries where position > $after order by position limit $limit";

    public const string CanonicalFrom = "select position, entry from entries where position > $after order by position limit $limit";

    public const string RunningAt = "select running from entries where position = $position";

    public const string NewestPosition = "select max(position) from entries";

    /// <summary>The columns only pass over what cannot match; the entries say whether the others do.</summary>
    public const string ScanAscending =
        "select position, entry from entries where position > $after and ($task is null or task = $task) and ($kind is null or kind = $kind) " +
        "order by position limit $limit";

    public const string ScanDescending =
        "select position, entry from entries where position > $after and position < $before and ($task is null or task = $task) " +
        "and ($kind is null or kind = $kind) order by position desc limit $limit";

    /// <summary>Positions of a task rise with its numbers, and its index holds them: what stands before the page is passed over without being read.</summary>
    public const string OfTaskAfter =
        "select position, entry from entries where task = $task and position > $after order by sequence limit $limit";

    public const string OfTaskBefore =
        "select position, entry from entries where task = $task and position < $before order by sequence desc limit $limit";

    public const string OfAttempt = "select position, entry from entries where attempt = $attempt order by position limit $limit";

    public const string At = "select position, entry from entries where position = $position";

    public const string PositionOf = "select position from entries where task = $task and sequence = $sequence";

    public const string PositionOfIntent =
        "select position from entries where attempt = $attempt and kind = 'intent' order by position limit 1";

    /// <summary>Intents without an outcome; whether they ran, the entry says.</summary>
    public const string IntentsWithoutOutcome =
        "select i.position, i.entry from entries i where i.kind = 'intent' and i.position > $after and not exists " +
        "(select 1 from entries o where o.attempt = i.attempt and o.kind = 'outcome') order by i.position limit $limit";

    public const string NewestStart =
        "select max(position) from entries where kind = 'engine_started' and kind <> 'intent' and kind <> 'outcome'";
}
