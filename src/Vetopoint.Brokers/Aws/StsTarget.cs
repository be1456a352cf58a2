namespace Vetopoint.Brokers.Aws;

/// <summary>A role in AWS that tasks may take on, and how far.</summary>
/// <param name="Endpoint">The address of the region's Security Token Service.</param>
/// <param name="Region">Such as <c>eu-central-1</c>.</param>
/// <param name="Role">The role's ARN.</param>
/// <param name="AccessKeyId">Of a principal that may do nothing but take on the role.</param>
/// <param name="SessionPolicy">The session policy, JSON: a session may do what both it and the role allow. Never empty.</param>
/// <param name="Duration">900 s to 3,600 s.</param>
public sealed record StsTarget(
    Uri Endpoint, string Region, string Role, string AccessKeyId, string SecretAccessKey, string SessionPolicy, TimeSpan Duration)
{
    public override string ToString() => $"{Endpoint} {Role}";
}
