namespace Vetopoint.Control.Decisions;

/// <summary>Whether one form is permitted at one rung of assurance, and what says so. Filled while it is asked.</summary>
internal sealed class FormAnswer
{
    private readonly List<string> _policies = [];
    private readonly List<string> _reasons = [];

    /// <summary>False until every operation has been found to be permitted.</summary>
    public bool IsPermitted { get; private set; }

    /// <summary>True when no assurance could change the answer: the mandate, a budget, or an error stands against it.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>The code of the first thing that stands against it.</summary>
    public string Code { get; private set; } = "";

    /// <summary>Ids of the policies that decided, each once.</summary>
    public IReadOnlyList<string> Policies => _policies;

    public IReadOnlyList<string> Reasons => _reasons;

    public void Permit() => IsPermitted = _reasons.Count == 0 && Code.Length == 0;

    public void Object(string code, string reason)
    {
        if (Code.Length == 0)
            Code = code;
        if (!_reasons.Contains(reason) && _reasons.Count < ControlLimits.ReasonsMax)
            _reasons.Add(reason);
    }

    public void ObjectFinally(string code, string reason)
    {
        IsFinal = true;
        Code = code;
        Object(code, reason);
    }

    public void Name(string policy)
    {
        if (!_policies.Contains(policy) && _policies.Count < ControlLimits.ReasonsMax)
            _policies.Add(policy);
    }
}
