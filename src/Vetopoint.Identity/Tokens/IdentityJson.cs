using System.Text.Json.Serialization;

namespace Vetopoint.Identity.Tokens;

/// <param name="Type"><see cref="TaskTokens.DetailsType"/>.</param>
internal sealed record TaskDetail(string Type, string Task, string? Purpose);

/// <summary>RFC 9728.</summary>
internal sealed record ProtectedResource
{
    public required string Resource { get; init; }

    public required string[] AuthorizationServers { get; init; }

    public required string[] BearerMethodsSupported { get; init; }

    public required string[] DpopSigningAlgValuesSupported { get; init; }

    public required string[] AuthorizationDetailsTypesSupported { get; init; }

    public required bool TlsClientCertificateBoundAccessTokens { get; init; }

    public required string ResourceName { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskDetail[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(ProtectedResource))]
internal sealed partial class IdentityJson : JsonSerializerContext;
