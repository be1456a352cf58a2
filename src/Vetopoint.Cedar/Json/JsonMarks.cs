using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vetopoint.Cedar.Json;

/// <summary>
/// Remembers where a walk stands and what it did not understand. A path is written only when it is marked, and neither the
/// number of marks nor the length of a path is the stranger's choice.
/// </summary>
internal sealed class JsonMarks
{
    private readonly ImmutableArray<NotUnderstood>.Builder _marks = ImmutableArray.CreateBuilder<NotUnderstood>();

    /// <summary>Names, or indexes where the name is null.</summary>
    private readonly Stack<(string? Name, int Index)> _path = new();

    /// <summary>How many parts were not understood, those that are not listed among them.</summary>
    public int Count { get; private set; }

    public void Enter(string name) => _path.Push((name, 0));

    public void Enter(int index) => _path.Push((null, index));

    public void Leave() => _path.Pop();

    public void Add(string why)
    {
        Count++;
        if (_marks.Count < CedarLimits.NotUnderstoodMax)
            _marks.Add(new NotUnderstood(Path(), why));
        else if (_marks.Count == CedarLimits.NotUnderstoodMax)
            _marks.Add(new NotUnderstood("", "More is not understood than is listed."));
    }

    public ImmutableArray<NotUnderstood> ToImmutable() => _marks.ToImmutable();

    /// <summary>A JSON Pointer; one that is too long ends at the last part that fits.</summary>
    private string Path()
    {
        var pointer = new StringBuilder();
        foreach (var (name, index) in _path.Reverse())
        {
            if (pointer.Length + (name?.Length ?? 0) > CedarLimits.PathCharactersMax)
                break;
            pointer.Append('/').Append(
                name?.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
                ?? index.ToString(CultureInfo.InvariantCulture));
        }

        return pointer.ToString();
    }
}
