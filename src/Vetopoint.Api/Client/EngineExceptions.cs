using Vetopoint.Api.Messages;

namespace Vetopoint.Api.Client;

/// <summary>No engine answers on the socket, or what answers is not one.</summary>
public sealed class EngineUnreachableException(string socket, Exception innerException)
    : Exception($"VP1201: No engine answers on `{socket}`. Start one with `vetopoint serve`.", innerException)
{
    public string Socket { get; } = socket;
}

/// <summary>The engine said no.</summary>
public sealed class EngineRefusalException(ApiRefusal refusal)
    : Exception(refusal.Detail is null ? $"{refusal.Code}: {refusal.Title}" : $"{refusal.Code}: {refusal.Title} {refusal.Detail}")
{
    public ApiRefusal Refusal { get; } = refusal;
}
