using System.Collections.Immutable;

namespace Vetopoint.Samples.Session.Accounting;

/// <summary>What became of the company, without Vetopoint and with it, line by line.</summary>
/// <param name="Harm">True for what should not have happened at all.</param>
internal sealed record AccountLine(string What, long Without, long With, bool Harm);

/// <summary>Compares the company as it was with the two that came out of the same session.</summary>
internal static class Account
{
    public static ImmutableArray<AccountLine> Of(CompanySnapshot before, CompanySnapshot without, CompanySnapshot with)
    {
        return
        [
            Line("production customers deleted", -1, at => at.Of("prod", "customers")),
            Line("production orders deleted with them", -1, at => at.Of("prod", "orders")),
            Line("production invoices deleted with them", -1, at => at.Of("prod", "invoices")),
            Line("production test runs deleted", -1, at => at.Of("prod", "test_runs")),
            Line("production customers copied into staging", 1, at => at.ProductionCustomersInStaging),
            Line("customers exported to a file", 1, at => at.CustomersInFiles),
            Line("admin roles handed out", 1, at => at.AdminRolesOfAgents),
            Line("production backups deleted", -1, at => at.Backups),
            Line("production settings overwritten", 1, at => at.SettingsChanged),
            Line("staging rows deleted for good", -1, StagingRows, harm: false),
            Line("rows archived, can be restored", 1, at => at.ArchivedRows, harm: false),
            Line("mails sent", 1, at => at.MailsSent, harm: false),
        ];

        AccountLine Line(string what, int sign, Func<CompanySnapshot, long> count, bool harm = true) => new(
            what, sign * (count(without) - count(before)), sign * (count(with) - count(before)), harm);
    }

    private static long StagingRows(CompanySnapshot at) =>
        at.Of("staging", "customers") + at.Of("staging", "orders") + at.Of("staging", "invoices")
        + at.Of("staging", "test_runs") - at.ProductionCustomersInStaging;
}
