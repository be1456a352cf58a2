using System.Runtime.CompilerServices;

namespace Vetopoint.Cedar.Compilation;

/// <summary>Policies that the index found together, and what that proves of their scopes.</summary>
internal readonly record struct CandidateGroup(CompiledPolicy[] Policies, ScopeProof Proof);

/// <summary>The policies that can apply to one request, in groups, none twice. Lives on the stack as long as the groups are few.</summary>
internal struct Candidates
{
    private const int InlineMax = 16;

    private Groups _groups;
    private List<CandidateGroup>? _more;

    public int GroupCount { get; private set; }

    public readonly int PolicyCount
    {
        get
        {
            var count = 0;
            for (var i = 0; i < GroupCount; i++)
                count += Group(i).Policies.Length;
            return count;
        }
    }

    public readonly CandidateGroup Group(int index) => index < InlineMax ? _groups[index] : _more![index - InlineMax];

    public void Add(CompiledPolicy[] policies, ScopeProof proof)
    {
        if (policies.Length == 0)
            return;
        var group = new CandidateGroup(policies, proof);
        if (GroupCount < InlineMax)
            _groups[GroupCount] = group;
        else
            (_more ??= []).Add(group);
        GroupCount++;
    }

    [InlineArray(InlineMax)]
    private struct Groups
    {
        private CandidateGroup _first;
    }
}
