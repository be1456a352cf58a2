namespace Vetopoint.Readers.Mcp;

/// <summary>Every limit on what is read from an MCP message. The size of a message is the caller's to limit.</summary>
public static class McpLimits
{
    /// <summary>Objects and arrays inside each other, the envelope counted as one.</summary>
    public const int DepthMax = 64;

    /// <summary>Raw bytes of an id, quotes included.</summary>
    public const int IdBytesMax = 1024;

    /// <summary>Raw bytes of a method name.</summary>
    public const int MethodBytesMax = 256;

    /// <summary>Raw bytes of <c>params.name</c>, quotes included: of a tool or a prompt.</summary>
    public const int NameBytesMax = 2048;

    /// <summary>Raw bytes of <c>params.uri</c>, quotes included.</summary>
    public const int UriBytesMax = 8192;

    /// <summary>Characters of a member's name repeated in a problem.</summary>
    public const int QuotedNameCharsMax = 64;

    /// <summary>
    /// Bytes of free text (a reason, a URI) in a message that passes unjudged. A longer one is judged: it carries data.
    /// </summary>
    public const int ProtocolTextBytesMax = 512;

    /// <summary>Bytes of a number in a message that passes unjudged: any double has fewer.</summary>
    public const int ProtocolNumberBytesMax = 32;

    /// <summary>Bytes of <c>_meta</c> in a message that passes unjudged: room for a trace context.</summary>
    public const int ProtocolMetaBytesMax = 1024;

    /// <summary>Bytes of a subscription's acknowledged filter that pass unjudged.</summary>
    public const int ProtocolFilterBytesMax = 8192;

    /// <summary>Tools on one page of <c>tools/list</c>.</summary>
    public const int ToolsMax = 4096;

    /// <summary>Bytes of one tool's definition.</summary>
    public const int ToolDefinitionBytesMax = 512 * 1024;

    /// <summary>Characters of a tool's name.</summary>
    public const int ToolNameCharsMax = 256;

    /// <summary>Operations one call is read as; a call with more targets is one operation on that many objects.</summary>
    public const int OperationsMax = 32;

    /// <summary>Objects a read is limited to where the operator's mapping gives no other number.</summary>
    public const long LimitedObjects = 100;

    /// <summary>Characters of a target's name that are kept.</summary>
    public const int TargetNameCharsMax = 1024;

    /// <summary>Arguments of one call, without those inside them; a call with more is not understood.</summary>
    public const int ArgumentsMax = 256;

    /// <summary>Texts inside the arguments of one call that are looked at; a call with more is not understood.</summary>
    public const int TextsMax = 20_000;

    /// <summary>Members inside the arguments of one call that are looked at; a call with more is not understood.</summary>
    public const int MembersMax = 4096;

    /// <summary>Objects and arrays inside one argument that are looked into; a call with deeper ones is not understood.</summary>
    public const int NestingMax = 12;

    /// <summary>Reasons kept for one operation, the strongest first.</summary>
    public const int EvidenceMax = 16;

    /// <summary>
    /// Characters of one text in the arguments that are looked at; a call with a longer one, where it is not the content
    /// to store or send, is not understood.
    /// </summary>
    public const int TextCharsMax = 64 * 1024;

    /// <summary>Forms of one text, unescaped and decoded, that are looked at; a text with more is not understood.</summary>
    public const int TextFormsMax = 6;

    /// <summary>Structured texts inside each other that are looked into; a text with deeper ones is not understood.</summary>
    public const int TextNestingMax = 3;

    /// <summary>Schemes of its own resources that are remembered of one server.</summary>
    public const int ResourceSchemesMax = 64;

    /// <summary>Bytes of a member of <c>params</c> that only says who calls or where a list goes on.</summary>
    public const int ParameterBytesMax = 2048;

    /// <summary>Characters of a value in <c>_meta</c> that is not one of the protocol's.</summary>
    public const int MetaValueCharsMax = 128;

    /// <summary>Targets of one call that are told apart; an array with more names none of them.</summary>
    public const int TargetsMax = 10_000;
}
