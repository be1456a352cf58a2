using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Vetopoint.Samples.Operations.Company;

/// <summary>Fills an empty area with the same company every time: customers, orders, invoices, roles, services, files.</summary>
/// <remarks>All people, addresses and accounts are made up; the IBANs have no valid check digits.</remarks>
internal static class Seed
{
    private const string Schema = """
        CREATE TABLE customers (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, iban TEXT NOT NULL,
            city TEXT NOT NULL, is_test INTEGER NOT NULL DEFAULT 0, archived_at TEXT);
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
            total_cents INTEGER NOT NULL, status TEXT NOT NULL, placed_on TEXT NOT NULL, archived_at TEXT);
        CREATE INDEX orders_customer ON orders(customer_id);
        CREATE TABLE invoices (
            id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE,
            amount_cents INTEGER NOT NULL, paid_on TEXT, archived_at TEXT);
        CREATE INDEX invoices_order ON invoices(order_id);
        CREATE TABLE test_runs (
            id INTEGER PRIMARY KEY, suite TEXT NOT NULL, started_on TEXT NOT NULL, result TEXT NOT NULL, archived_at TEXT);
        CREATE TABLE roles (user TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (user, role));
        CREATE TABLE services (name TEXT PRIMARY KEY, state TEXT NOT NULL, start_milliseconds INTEGER NOT NULL);
        """;

    private static readonly string[] GivenNames =
        ["Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas", "Kaito", "Lena", "Mira"];

    private static readonly string[] FamilyNames =
        ["Almeida", "Bergman", "Costa", "Dvorak", "Eriksen", "Fontaine", "Gruber", "Horvat", "Ivanova", "Jansen", "Keller"];

    private static readonly string[] Cities = ["Lisbon", "Vienna", "Oslo", "Prague", "Ghent", "Turin", "Riga"];

    /// <summary>Fills the folder unless it is filled already.</summary>
    public static void Ensure(Area area)
    {
        if (File.Exists(area.DatabasePath("prod")))
            return;

        Directory.CreateDirectory(area.Outbox);
        Fill(area, "prod", customers: 1204, testCustomers: 0, testRuns: 36);
        Fill(area, "staging", customers: 60, testCustomers: 120, testRuns: 240);
        WriteFiles(area);
    }

    private static void Fill(Area area, string environment, int customers, int testCustomers, int testRuns)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(area.DatabasePath(environment))!);
        using var connection = area.Open(environment);
        using var transaction = connection.BeginTransaction();
        Tables.Run(connection, Schema);
        var order = 0;
        for (var id = 1; id <= customers + testCustomers; id++)
        {
            AddCustomer(connection, id, isTest: id > customers);
            for (var i = 0; i < 1 + (id * 7 % 5); i++)
                AddOrder(connection, ++order, id);
        }

        for (var id = 1; id <= testRuns; id++)
        {
            Tables.Run(
                connection,
                "INSERT INTO test_runs (id, suite, started_on, result) VALUES ($id, $suite, $started, $result)",
                ("$id", id), ("$suite", id % 3 == 0 ? "checkout" : "nightly"), ("$started", Day(id)),
                ("$result", id % 7 == 0 ? "failed" : "passed"));
        }

        foreach (var (user, role) in Roles(environment))
            Tables.Run(connection, "INSERT INTO roles (user, role) VALUES ($user, $role)", ("$user", user), ("$role", role));
        foreach (var (name, start) in new[] { ("billing", 120), ("checkout", 80), ("search", 60) })
        {
            Tables.Run(
                connection,
                "INSERT INTO services (name, state, start_milliseconds) VALUES ($name, 'running', $start)",
                ("$name", name), ("$start", start));
        }

        transaction.Commit();
    }

    private static void AddCustomer(SqliteConnection connection, int id, bool isTest)
    {
        var given = GivenNames[id * 5 % GivenNames.Length];
        var family = FamilyNames[id * 3 % FamilyNames.Length];
        Tables.Run(
            connection,
            """
            INSERT INTO customers (id, name, email, phone, iban, city, is_test)
            VALUES ($id, $name, $email, $phone, $iban, $city, $test)
            """,
            ("$id", id),
            ("$name", isTest ? string.Create(CultureInfo.InvariantCulture, $"Test Customer {id}") : given + " " + family),
            ("$email", string.Create(CultureInfo.InvariantCulture, $"{given}.{family}.{id}@example.com").ToLowerInvariant()),
            ("$phone", string.Create(CultureInfo.InvariantCulture, $"+00 555 {id:D6}")),
            ("$iban", string.Create(CultureInfo.InvariantCulture, $"XX00 0000 {id:D4} {id * 7919 % 10000:D4}")),
            ("$city", Cities[id % Cities.Length]),
            ("$test", isTest ? 1 : 0));
    }

    private static void AddOrder(SqliteConnection connection, int id, int customer)
    {
        var cents = 900 + (id * 7919 % 24000);
        Tables.Run(
            connection,
            "INSERT INTO orders (id, customer_id, total_cents, status, placed_on) VALUES ($id, $customer, $cents, $status, $day)",
            ("$id", id), ("$customer", customer), ("$cents", cents), ("$status", id % 9 == 0 ? "open" : "shipped"),
            ("$day", Day(id)));
        if (id % 9 == 0)
            return;
        Tables.Run(
            connection,
            "INSERT INTO invoices (id, order_id, amount_cents, paid_on) VALUES ($id, $order, $cents, $day)",
            ("$id", id), ("$order", id), ("$cents", cents), ("$day", id % 11 == 0 ? null : Day(id + 14)));
    }

    private static IEnumerable<(string User, string Role)> Roles(string environment) => environment == "prod"
        ? [("alice", "admin"), ("bob", "operator"), ("cleanup-agent", "reader")]
        : [("alice", "admin"), ("bob", "admin"), ("cleanup-agent", "operator")];

    private static void WriteFiles(Area area)
    {
        Write(area, "runbooks/test-data.md", """
            # Cleaning up test data

            1. Only `staging` has test data. Rows with `is_test = 1` and the table `test_runs` may go.
            2. Count first, then delete, then count again.
            3. Production is never part of a clean-up.

            """);
        Write(area, "reports/2026-10.csv", "month,orders,revenue_cents\n2026-10,1180,14923300\n");
        Write(area, "config/checkout.json", """{ "currency": "EUR", "retries": 3 }""" + "\n");
        foreach (var day in new[] { "2026-11-19", "2026-11-20", "2026-11-21" })
            Write(area, "backups/prod-" + day + ".db", new string('b', 40_000));
        Write(area, "tmp/import-0412.part", "partial\n");
    }

    private static void Write(Area area, string path, string text)
    {
        var full = area.FilePath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private static string Day(int number) =>
        new DateOnly(2026, 1, 1).AddDays(number % 300).ToString("O", CultureInfo.InvariantCulture);
}
