namespace Vetopoint.Ledger.Approvals;

/// <summary>The ladder of assurance: how strongly people stand behind an attempt.</summary>
public static class Rungs
{
    /// <summary>One person's passphrase. A statement that one key signed gives no more than this.</summary>
    public const int OfOnePerson = 2;

    /// <summary>The highest.</summary>
    public const int Max = 4;

    /// <summary>A rung as a person reads it.</summary>
    public static string InWords(int rung) => rung switch
    {
        <= 0 => "no one",
        1 => "a validating agent",
        OfOnePerson => "one person's approval",
        3 => "one person with a passkey",
        _ => "two different people with passkeys",
    };
}
