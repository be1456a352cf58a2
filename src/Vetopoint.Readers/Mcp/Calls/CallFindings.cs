using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What the parts of the reading of one call have found so far. Only the reading of that call changes it.</summary>
internal sealed class CallFindings
{
    private readonly List<Evidence> _evidence = [];
    private readonly List<Evidence> _doubts = [];

    public EffectClaims Claims { get; } = new();

    /// <summary>Addresses that the call names.</summary>
    public List<string> Addresses { get; } = [];

    /// <summary>The one plain SELECT that it carries; null when none.</summary>
    public TrivialSelect? Select { get; set; }

    /// <summary>True when it carries a program or a statement that is not understood.</summary>
    public bool IsCode { get; set; }

    /// <summary>True when it asks that what it deletes be gone for good.</summary>
    public bool IsForced { get; set; }

    /// <summary>True when an argument that the schema lists chooses a read.</summary>
    public bool IsChosenRead { get; set; }

    public bool HasDoubts => _doubts.Count > 0;

    /// <summary>Doubts and evidence, the strongest source first, as many as are kept.</summary>
    public IEnumerable<Evidence> Strongest() => _doubts.Concat(_evidence).OrderByDescending(static one => one.Source).Take(McpLimits.EvidenceMax);

    public void Note(EvidenceSource source, string text) => _evidence.Add(new Evidence(source, text));

    /// <summary>Something that is not certain: a call with a doubt is not understood.</summary>
    public void Doubt(EvidenceSource source, string text) => _doubts.Add(new Evidence(source, text));

    public static string Shown(string text) => PrintableText.Of(text, McpLimits.QuotedNameCharsMax);
}
