using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Identity.Jose;

/// <summary>A bounded memory of what was worked out before. When it is full it begins anew: what is forgotten is worked out again.</summary>
internal sealed class Remembered<TKey, TValue>(int max)
    where TKey : notnull
{
    private ConcurrentDictionary<TKey, TValue> _known = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _known.TryGetValue(key, out value);

    public void Add(TKey key, TValue value)
    {
        var known = _known;
        if (known.Count >= max) // counting locks, and only what is new is added
            Interlocked.CompareExchange(ref _known, known = new ConcurrentDictionary<TKey, TValue>(), _known);
        known[key] = value;
    }

    public void Remove(TKey key) => _known.TryRemove(key, out _);
}
