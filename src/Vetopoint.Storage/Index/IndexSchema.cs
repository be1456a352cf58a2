namespace Vetopoint.Storage.Index;

/// <summary>The tables of the index. Rows are only added, block after block, so writing stays at the end of the file however large it grows.</summary>
internal static class IndexSchema
{
    /// <summary>Marks the file as an index of Vetopoint: <c>VETI</c>.</summary>
    public const int ApplicationId = 0x56455449;

    /// <summary>Of the tables and of what <see cref="Ledger.Queries.EntryFacts"/> says: an index of another version is made anew.</summary>
    public const int Version = 3;

    /// <summary><c>running</c> is the running hash of the record behind the block: it says of which record, and of which entries, the block was made.</summary>
    public const string Create = """
        create table blocks (
            block integer primary key,
            first_time integer not null,
            last_time integer not null,
            running blob not null
        ) strict;
        create table times (
            block integer primary key,
            ticks blob not null
        ) strict;
        create table facts (
            block integer not null,
            fact blob not null,
            positions blob not null,
            primary key (block, fact)
        ) strict, without rowid;
        pragma application_id = 0x56455449;
        pragma user_version = 3;
        """;

    public const string Objects = "select coalesce(sql, '') from sqlite_schema order by name";

    public const string Newest = "select block, running from blocks order by block desc limit 1";

    public const string InsertBlock = "insert into blocks (block, first_time, last_time, running) values ($block, $first, $last, $running)";

    public const string InsertTimes = "insert into times (block, ticks) values ($block, $ticks)";

    public const string InsertFact = "insert into facts (block, fact, positions) values ($block, $fact, $positions)";

    public const string ReadBlock = "select first_time, last_time, running from blocks where block = $block";

    public const string ReadTimes = "select ticks from times where block = $block";

    public const string ReadFacts = "select fact, positions from facts where block = $block order by fact";

    /// <summary>Blocks between two that overlap a time.</summary>
    public const string BlocksAscending =
        "select block, first_time, last_time from blocks where block >= $from and block <= $to and last_time >= $since and first_time < $until order by block";

    public const string BlocksDescending = BlocksAscending + " desc";

    /// <summary>The same, only those that have a fact, with the positions of it. The cross join keeps the blocks outside, so that their order is the result's.</summary>
    public const string FactsAscending =
        "select b.block, b.first_time, b.last_time, f.positions from blocks b cross join facts f on f.block = b.block and f.fact >= $low and f.fact < $high " +
        "where b.block >= $from and b.block <= $to and b.last_time >= $since and b.first_time < $until order by b.block";

    public const string FactsDescending = FactsAscending + " desc";

    public const string FactsOfBlock = "select positions from facts where block = $block and fact >= $low and fact < $high";
}
