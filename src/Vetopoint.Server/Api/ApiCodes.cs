namespace Vetopoint.Server.Api;

/// <summary>Stable codes of what the API refuses by itself. Refusals of acts carry the codes of the control plane.</summary>
internal static class ApiCodes
{
    public const string NotFound = "VP7901";
    public const string BadRequest = "VP7902";
    public const string TooLarge = "VP7903";
    public const string Fault = "VP7904";
    public const string RecordUnavailable = "VP7905";
}
