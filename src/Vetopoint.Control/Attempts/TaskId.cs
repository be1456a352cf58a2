using System.Buffers;
using System.Security.Cryptography;

namespace Vetopoint.Control.Attempts;

/// <summary>The id of a task: <c>t-</c> and ten characters of Crockford base 32, or <c>engine</c>. Its zero value is not an id.</summary>
public readonly record struct TaskId
{
    private const string Prefix = "t-";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int RandomCharacters = 10;

    private static readonly SearchValues<char> AlphabetCharacters = SearchValues.Create(Alphabet);

    private readonly string? _value;

    private TaskId(string value) => _value = value;

    /// <summary>The reserved task of the engine itself: its chain holds what belongs to no task of an agent.</summary>
    public static TaskId Engine { get; } = new("engine");

    /// <summary>False only for <c>default</c>.</summary>
    public bool IsValid => _value is not null;

    /// <summary>Draws a new id. The ledger refuses one that is taken.</summary>
    public static TaskId Draw()
    {
        Span<char> text = stackalloc char[Prefix.Length + RandomCharacters];
        Prefix.CopyTo(text);
        RandomNumberGenerator.GetItems(Alphabet.AsSpan(), text[Prefix.Length..]);
        return new TaskId(text.ToString());
    }

    /// <summary>The id that belongs to a digest: the same for the same digest.</summary>
    internal static TaskId Of(ReadOnlySpan<byte> digest)
    {
        Span<char> text = stackalloc char[Prefix.Length + RandomCharacters];
        Prefix.CopyTo(text);
        for (var i = 0; i < RandomCharacters; i++)
            text[Prefix.Length + i] = Alphabet[digest[i] % Alphabet.Length];
        return new TaskId(text.ToString());
    }

    public static bool TryParse(string? text, out TaskId id)
    {
        id = default;
        if (text is null)
            return false;
        if (text == Engine._value)
        {
            id = Engine;
            return true;
        }

        if (text.Length != Prefix.Length + RandomCharacters || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan(Prefix.Length).ContainsAnyExcept(AlphabetCharacters))
        {
            return false;
        }

        id = new TaskId(text);
        return true;
    }

    public override string ToString() =>
        _value ?? throw new InvalidOperationException("The zero value of a task id names no task.");
}
