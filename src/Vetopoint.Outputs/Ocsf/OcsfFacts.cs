using System.Collections.Frozen;

namespace Vetopoint.Outputs.Ocsf;

/// <summary>What the field's words are in OCSF 1.8, class API Activity (6003).</summary>
internal static class OcsfFacts
{
    public const string Version = "1.8.0";
    public const int Category = 6;
    public const int Class = 6003;

    public const int Create = 1;
    public const int Read = 2;
    public const int Update = 3;
    public const int Delete = 4;
    public const int Other = 99;

    public const int Informational = 1;
    public const int Low = 2;
    public const int Medium = 3;
    public const int High = 4;

    public const int Success = 1;
    public const int Failure = 2;

    private static readonly FrozenDictionary<string, int> Activities = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["read"] = Read,
        ["export"] = Read,
        ["create"] = Create,
        ["update"] = Update,
        ["overwrite"] = Update,
        ["grant"] = Update,
        ["assign_role"] = Update,
        ["change_policy"] = Update,
        ["change_infrastructure"] = Update,
        ["delete"] = Delete,
        ["purge"] = Delete,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The CRUD activity of an effect. What is none of the four (execute, move, send) is Other.</summary>
    public static int ActivityOf(string effect) => Activities.GetValueOrDefault(effect, Other);

    /// <summary>Action and disposition of a verdict: what was done about the call, and how.</summary>
    public static (int Action, int Disposition, string Caption) ControlOf(string verdict, bool observed) => observed
        ? (3, 17, "Logged")
        : verdict switch
        {
            "allow" => (1, 1, "Allowed"),
            "downgrade" => (4, Other, "Downgraded"),
            "hold" => (2, 14, "Delayed"),
            _ => (2, 2, "Blocked"),
        };

    /// <summary>How much a person should care.</summary>
    public static int SeverityOf(string verdict, string effect) => verdict switch
    {
        "allow" => ActivityOf(effect) == Read ? Informational : Low,
        "downgrade" or "hold" => Medium,
        _ => High,
    };
}
