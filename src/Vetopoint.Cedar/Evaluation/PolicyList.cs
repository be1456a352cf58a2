using System.Runtime.CompilerServices;
using Vetopoint.Cedar.Compilation;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Policies in the order of their set. Lives on the stack as long as they are few.</summary>
internal struct PolicyList
{
    private const int InlineMax = 8;

    private Items _items;
    private List<CompiledPolicy>? _more; // INVARIANT: null, or all of them

    public int Count { get; private set; }

    public readonly CompiledPolicy this[int index] => _more is null ? _items[index] : _more[index];

    public void Add(CompiledPolicy policy)
    {
        var at = Count;
        while (at > 0 && this[at - 1].Index > policy.Index)
            at--;
        if (_more is null && Count == InlineMax)
            _more = [.. (ReadOnlySpan<CompiledPolicy>)_items];
        if (_more is not null)
        {
            _more.Insert(at, policy);
        }
        else
        {
            for (var i = Count; i > at; i--)
                _items[i] = _items[i - 1];
            _items[at] = policy;
        }

        Count++;
    }

    [InlineArray(InlineMax)]
    private struct Items
    {
        private CompiledPolicy _first;
    }
}
