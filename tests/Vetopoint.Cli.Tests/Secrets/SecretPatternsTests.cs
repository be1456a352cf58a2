using Vetopoint.Cli.Secrets;

namespace Vetopoint.Cli.Tests.Secrets;

/// <summary>The values are made up in each issuer's format.</summary>
public sealed class SecretPatternsTests
{
    [Theory]
    [InlineData("X", "ghp_" + "k3Jd82nVbQ0aLs7TzXw1Yp5RcE9uM4iOhG6F", "GitHub token")]
    [InlineData("X", "glpat-" + "k3Jd82nVbQ0aLs7TzXw1", "GitLab token")]
    [InlineData("X", "sk-ant-" + "api03-k3Jd82nVbQ0aLs7TzXw1", "Anthropic key")]
    [InlineData("X", "sk-proj-" + "k3Jd82nVbQ0aLs7TzXw1Yp5R", "OpenAI key")]
    [InlineData("X", "AKIA" + "K3JD82NVBQ0ALS7T", "AWS access key")]
    [InlineData("X", "xoxb-" + "123456789012-k3Jd82nVbQ0a", "Slack token")]
    [InlineData("X", "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".k3Jd82nVbQ0aLs7TzXw1", "JSON web token")]
    [InlineData("dsn", "postgres://app:k3Jd82nVbQ@db/shop", "password in a URL")]
    [InlineData("dsn", "Server=db;User=app;Password=k3Jd82nV;", "password in a connection string")]
    [InlineData("API_KEY", "k3Jd82nVbQ0aLs7T", "value under a secret's name")]
    [InlineData("--token", "k3Jd82nVbQ0aLs7T", "value under a secret's name")]
    [InlineData("Authorization", "Bearer k3Jd82nVbQ0aLs7T", "value under a secret's name")]
    public void Finds(string name, string value, string kind) => Assert.Equal(kind, SecretPatterns.Kind(name, value));

    [Theory]
    [InlineData("GITHUB_TOKEN", "${GITHUB_TOKEN}")]
    [InlineData("Authorization", "Bearer ${input:key}")]
    [InlineData("API_KEY", "<your key>")]
    [InlineData("API_KEY", "your-api-key-goes-in")]
    [InlineData("API_KEY", "xxxxxxxxxxxxxxxx")]
    [InlineData("TOKEN_FILE", "/run/secrets/token")]
    [InlineData("LOG_LEVEL", "k3Jd82nVbQ0aLs7T")]
    [InlineData("dsn", "postgres://reader@db.internal/shop")]
    [InlineData("path", "/home/me/Documents/contracts-2026")]
    [InlineData("API_KEY", "short")]
    public void Leaves(string name, string value) => Assert.Null(SecretPatterns.Kind(name, value));
}
