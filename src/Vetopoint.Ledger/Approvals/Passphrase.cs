using System.Globalization;

namespace Vetopoint.Ledger.Approvals;

/// <summary>The rules for an approver's passphrase, in one place.</summary>
/// <remarks>
/// The encrypted key can be guessed at offline by whoever can read its file. Length is what helps; the other rules only refuse what
/// every guesser tries first. They never create a copy of the passphrase.
/// </remarks>
public static class Passphrase
{
    public const int CharsMin = 12;

    public const int CharsMax = 256;

    private const int DifferentCharsMin = 6;

    /// <summary>What must be left when the guessable parts are taken away.</summary>
    private const int UnguessedCharsMin = 6;

    private const int RunCharsMin = 4;

    // Lower case; looked for without regard to case.
    private static readonly string[] Guessed =
    [
        "password", "passphrase", "passwort", "vetopoint", "letmein", "welcome", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz",
        "qwerty", "azerty", "changeme", "admin", "administrator", "iloveyou", "dragon", "monkey", "football", "secret", "trustno1",
        "correcthorsebatterystaple", "correct horse battery staple",
    ];

    /// <summary>Null when the passphrase may be used; else what to do about it, as a sentence with its code.</summary>
    public static string? Problem(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.Length < CharsMin)
            return Refused($"The passphrase is shorter than {Number(CharsMin)} characters. Four or five unrelated words are easy to remember.");
        if (passphrase.Length > CharsMax)
            return Refused($"The passphrase is longer than {Number(CharsMax)} characters. Choose a shorter one.");
        if (!IsTypable(passphrase))
            return Refused("The passphrase has a control character or a broken one in it. Type it again.");
        if (DifferentChars(passphrase) < DifferentCharsMin || Repeats(passphrase))
            return Refused("The passphrase repeats itself. Four or five unrelated words are easy to remember.");
        if (UnguessedChars(passphrase) < UnguessedCharsMin)
            return Refused("The passphrase is made of what is guessed first. Four or five unrelated words are easy to remember.");
        return null;
    }

    private static bool IsTypable(ReadOnlySpan<char> passphrase)
    {
        foreach (var rune in passphrase.EnumerateRunes())
        {
            // A broken surrogate is enumerated as U+FFFD, and would be stored as one: refuse both.
            if (System.Text.Rune.IsControl(rune) || rune.Value == 0xFFFD)
                return false;
        }

        return true;
    }

    private static int DifferentChars(ReadOnlySpan<char> passphrase)
    {
        var different = 0;
        for (var index = 0; index < passphrase.Length; index++)
        {
            if (!passphrase[..index].Contains(char.ToLowerInvariant(passphrase[index]))
                && !passphrase[..index].Contains(char.ToUpperInvariant(passphrase[index])))
                different++;
        }

        return different;
    }

    /// <summary>True when the whole is one part over and over.</summary>
    private static bool Repeats(ReadOnlySpan<char> passphrase)
    {
        for (var part = 1; part <= passphrase.Length / 2; part++)
        {
            if (passphrase[part..].SequenceEqual(passphrase[..^part]))
                return true;
        }

        return false;
    }

    private static int UnguessedChars(ReadOnlySpan<char> passphrase)
    {
        var unguessed = 0;
        while (passphrase.Length > 0)
        {
            var guessed = Math.Max(GuessedWord(passphrase), Run(passphrase));
            if (guessed == 0)
                unguessed++;
            passphrase = passphrase[Math.Max(guessed, 1)..];
        }

        return unguessed;
    }

    private static int GuessedWord(ReadOnlySpan<char> passphrase)
    {
        foreach (var word in Guessed)
        {
            if (passphrase.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return word.Length;
        }

        return 0;
    }

    /// <summary>Length of a run at the start that counts up, counts down or stays: <c>12345</c>, <c>dcba</c>, <c>aaaa</c>.</summary>
    private static int Run(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.Length < RunCharsMin)
            return 0;
        var step = passphrase[1] - passphrase[0];
        if (step is < -1 or > 1)
            return 0;
        var length = 2;
        while (length < passphrase.Length && passphrase[length] - passphrase[length - 1] == step)
            length++;
        return length >= RunCharsMin ? length : 0;
    }

    private static string Refused(string message) => $"{LedgerCodes.PassphraseWeak}: {message}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
