using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>
/// The effects that the sources of a reading claim. Claims are only added: of each concern the strictest counts, and one
/// concern does not hide another.
/// </summary>
internal sealed class EffectClaims
{
    private readonly SortedDictionary<EffectConcern, Effect> _claims = [];

    /// <summary>True when no source says anything.</summary>
    public bool IsEmpty => _claims.Count == 0;

    /// <summary>True when every source says that it reads.</summary>
    public bool IsRead => _claims.Count == 1 && _claims.ContainsKey(EffectConcern.None);

    /// <summary>True when some source says that it does more than read.</summary>
    public bool IsMore => !IsEmpty && !IsRead;

    /// <summary>True when some source says that it reads, whatever else is said.</summary>
    public bool Reads => _claims.ContainsKey(EffectConcern.None);

    /// <summary>True when some source says that data leaves its place.</summary>
    public bool Discloses => _claims.ContainsKey(EffectConcern.Disclosure);

    public void Add(Effect effect)
    {
        var concern = effect.Concern();
        _claims[concern] = _claims.TryGetValue(concern, out var before) ? EffectRisk.Stricter(before, effect) : effect;
    }

    /// <summary>What a stronger source says in place of all that was claimed.</summary>
    public void Replace(Effect effect)
    {
        _claims.Clear();
        Add(effect);
    }

    /// <summary>Makes what is already claimed of a concern stricter; a concern that no one claimed stays so.</summary>
    public void Raise(Effect from, Effect to)
    {
        if (_claims.TryGetValue(from.Concern(), out var claimed) && claimed == from)
            Add(to);
    }

    /// <summary>The effects, the worst first; a read only where nothing else is claimed, an execution where nothing is.</summary>
    public List<Effect> Strictest()
    {
        // That something is created or updated goes without saying where authority changes.
        var changesAuthority = _claims.ContainsKey(EffectConcern.Authority);
        var effects = _claims.Values
            .Where(effect => effect != Effect.Read || IsRead)
            .Where(effect => !changesAuthority || effect is not (Effect.Create or Effect.Update))
            .OrderByDescending(static effect => effect.Risk())
            .ToList();
        return effects.Count == 0 ? [Effect.Execute] : effects;
    }
}
