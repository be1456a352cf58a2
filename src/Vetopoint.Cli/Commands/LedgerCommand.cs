using Vetopoint.Api.Homes;
using Vetopoint.Cli.Records;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger</c></summary>
internal static class LedgerCommand
{
    public static TaughtCommand Create() => new(
        "ledger",
        "The record of everything that was judged. Reads the record itself, not what an engine says of it.",
        "vetopoint ledger tail -f",
        "vetopoint ledger query --verdict deny --since 1d",
        "vetopoint ledger show t-7hq2m4xk9d.3",
        "vetopoint ledger verify",
        "vetopoint ledger verify --head head.json",
        "vetopoint ledger prove t-7hq2m4xk9d.3",
        "vetopoint ledger payload t-7hq2m4xk9d.3")
    {
        TailCommand.Create(), QueryCommand.Create(), ShowCommand.Create(), VerifyCommand.Create(), ProveCommand.CreateProve(), ProveCommand.CreateVerify(),
        CosignCommand.Create(), UnresolvedCommand.Create(), PayloadCommand.Create(), EraseCommand.Create(),
    };

    internal static SqliteLedgerReader Open(HomeDirectory home) =>
        File.Exists(home.LedgerFile) ? SqliteLedgerReader.Open(home.LedgerFile) : throw RecordSearch.Missing(home);
}
