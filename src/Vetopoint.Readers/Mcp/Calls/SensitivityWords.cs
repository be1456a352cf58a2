using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Which labels the name of a thing suggests. Labels from names only add to those of the operator.</summary>
internal static class SensitivityWords
{
    public const string PersonalData = "pii";
    public const string Financial = "financial";
    public const string Secret = "secret";
    public const string Health = "health";

    private static readonly FrozenDictionary<string, string> Labels = Dictionary(
        (PersonalData, "customer customers employee employees patient patients contact contacts users people persons citizens "
            + "passenger passengers ssn passport passports email emails phone phones address addresses birthdate dob pii "
            + "personal gdpr subscriber subscribers applicant applicants leads"),
        (Financial, "salary salaries payroll payrolls payment payments invoice invoices iban ibans card cards billing bank "
            + "transaction transactions creditcard payout payouts ledger tax taxes"),
        (Secret, "secret secrets credential credentials password passwords passwd token tokens apikey apikeys privatekey "
            + "keystore keychain vault htpasswd netrc pgpass ssh gnupg kubeconfig authid pem pfx ppk"),
        (Health, "patient patients medical diagnosis diagnoses prescription prescriptions hipaa phi clinical"));

    private static readonly string[] SecretNames =
    [
        ".env", "id_rsa", "id_ed25519", "id_ecdsa", ".aws/credentials", "api_key", "apikey", "private_key", ".npmrc", ".pypirc", "etc/shadow", "pg_shadow", "pg_authid",
        "pg_user_mapping", "mysql.user",
    ];

    public static ImmutableArray<string> Of(string name) => Of([name]);

    /// <summary>The labels all these names suggest together, sorted.</summary>
    public static ImmutableArray<string> Of(IEnumerable<string> names)
    {
        var labels = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            foreach (var word in Words.Of(name))
            {
                if (Labels.TryGetValue(word, out var label))
                    labels.UnionWith(label.Split(' '));
            }

            if (Array.Exists(SecretNames, secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase)))
                labels.Add(Secret);
        }

        return [.. labels];
    }

    private static FrozenDictionary<string, string> Dictionary(params (string Label, string Words)[] groups)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (label, words) in groups)
        {
            foreach (var word in words.Split(' '))
                labels[word] = labels.TryGetValue(word, out var before) ? $"{before} {label}" : label;
        }

        return labels.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
