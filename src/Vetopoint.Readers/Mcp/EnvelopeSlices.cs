namespace Vetopoint.Readers.Mcp;

/// <summary>The places of the values of one message. An absent value has the default slice.</summary>
internal struct EnvelopeSlices
{
    public Slice Id;
    public Slice Method;
    public Slice Params;
    public Slice Result;
    public Slice Error;
    public Slice Name;
    public Slice Uri;
    public Slice Arguments;
    public Slice InputResponses;
    public Slice Meta;
    public Slice ProgressToken;
    public Slice ProtocolVersion;
    public Slice ClientCapabilities;
}
