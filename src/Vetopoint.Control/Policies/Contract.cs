using System.Collections.Frozen;
using Vetopoint.Cedar.Values;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Policies;

/// <summary>The names of the contract in <c>policies/vetopoint.cedarschema</c>, as requests use them.</summary>
internal static class Contract
{
    public const string AgentType = "Vetopoint::Agent";
    public const string EnvironmentType = "Vetopoint::Environment";
    public const string ServerType = "Vetopoint::Server";
    public const string ToolType = "Vetopoint::Tool";
    public const string ResourceType = "Vetopoint::Resource";
    public const string InputType = "Vetopoint::Input";
    public const string AssurancePath = "context.assurance";

    /// <summary>The environment of the engine's own operations. No config can name it.</summary>
    public const string EngineEnvironment = "vetopoint";

    /// <summary>The server of the engine's own operations. No config can name it.</summary>
    public const string EngineServer = "vetopoint";

    /// <summary>The attribute of the context that says how strongly a person stands behind the attempt.</summary>
    public const string Assurance = "assurance";

    /// <summary>The highest rung.</summary>
    public const int RungMax = Rungs.Max;

    /// <summary>The lowest rung at which a person stands behind an attempt.</summary>
    public const int RungOfOnePerson = Rungs.OfOnePerson;

    private const string ActionType = "Vetopoint::Action";

    private static readonly FrozenDictionary<Effect, EntityUid> Actions =
        Enum.GetValues<Effect>().ToFrozenDictionary(effect => effect, effect => new EntityUid(ActionType, effect.ToName()));

    /// <summary>A rung as a person reads it.</summary>
    public static string RungInWords(int rung) => Rungs.InWords(rung);

    public static EntityUid Action(Effect effect) => Actions[effect];

    /// <summary>The id of a tool among all servers' tools.</summary>
    public static string ToolId(string server, string tool) => $"{server}/{tool}";
}
