using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Brokers.GitHub;

/// <summary>An installation of a GitHub App, and how far a token of it may reach.</summary>
/// <param name="Api">The address of the REST API.</param>
/// <param name="App">The App's client id or numeric id.</param>
/// <param name="PrivateKey">The App's private key, PEM.</param>
/// <param name="Repositories">Names of repositories, without their owner. Never empty: a token for all would be standing privilege.</param>
/// <param name="Permissions">Such as <c>contents: read</c>. What the mandate allows no change for is narrowed to <c>read</c>.</param>
public sealed record GitHubAppTarget(
    Uri Api, string App, string Installation, string PrivateKey, ImmutableArray<string> Repositories, FrozenDictionary<string, string> Permissions)
{
    public override string ToString() => $"{Api} app {App}";
}
