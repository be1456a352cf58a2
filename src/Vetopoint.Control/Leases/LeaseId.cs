using System.Buffers;
using System.Security.Cryptography;

namespace Vetopoint.Control.Leases;

/// <summary>The id of a lease: twenty characters of Crockford base 32, so that a target can use it in a name. Its zero value is not an id.</summary>
public readonly record struct LeaseId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Characters = 20;

    private static readonly SearchValues<char> AlphabetCharacters = SearchValues.Create(Alphabet);

    private readonly string? _value;

    private LeaseId(string value) => _value = value;

    public static LeaseId Draw() => new(RandomNumberGenerator.GetString(Alphabet, Characters));

    public static bool TryParse(string? text, out LeaseId id)
    {
        id = default;
        if (text is null || text.Length != Characters || text.AsSpan().ContainsAnyExcept(AlphabetCharacters))
            return false;
        id = new LeaseId(text);
        return true;
    }

    public override string ToString() =>
        _value ?? throw new InvalidOperationException("The zero value of a lease id names no lease.");
}
