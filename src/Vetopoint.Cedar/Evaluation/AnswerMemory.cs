using System.Collections.Immutable;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>
/// Remembers some answers without errors, so that a set which gives the same ones again and again does not make them anew. Of
/// bounded size; threads may overwrite each other, which costs an allocation and nothing else.
/// </summary>
internal sealed class AnswerMemory
{
    private const int SlotCount = 1024;

    /// <summary>How many neighbouring slots an answer may stand in.</summary>
    private const int Ways = 4;

    // Written by any thread, without a lock: an answer is immutable, and a reader checks that the one it finds is its own.
    private readonly CedarDecision?[] _slots = new CedarDecision?[SlotCount];

    /// <summary>The answer that rests on these policies.</summary>
    public CedarDecision Of(CedarVerdict verdict, in PolicyList determining)
    {
        var hash = (uint)verdict;
        for (var i = 0; i < determining.Count; i++)
            hash = unchecked((hash ^ (uint)determining[i].Index) * 0x9E3779B1);
        var set = (int)(hash >> 16) % (SlotCount / Ways) * Ways;
        for (var way = 0; way < Ways; way++)
        {
            var remembered = _slots[set + way];
            if (remembered is null)
                return _slots[set + way] = Make(verdict, in determining);
            if (IsFor(remembered, verdict, in determining))
                return remembered;
        }

        return _slots[set + (int)(hash % Ways)] = Make(verdict, in determining);
    }

    private static bool IsFor(CedarDecision answer, CedarVerdict verdict, in PolicyList determining)
    {
        if (answer.Verdict != verdict || answer.Determining.Length != determining.Count)
            return false;
        for (var i = 0; i < determining.Count; i++)
            if (!ReferenceEquals(answer.Determining[i], determining[i].Policy))
                return false;
        return true;
    }

    private static CedarDecision Make(CedarVerdict verdict, in PolicyList determining) => new(verdict, Policies(in determining), []);

    public static ImmutableArray<Policy> Policies(in PolicyList list)
    {
        var policies = ImmutableArray.CreateBuilder<Policy>(list.Count);
        for (var i = 0; i < list.Count; i++)
            policies.Add(list[i].Policy);
        return policies.MoveToImmutable();
    }
}
