using System.Security.Cryptography;

namespace Vetopoint.Samples.Session.Playing;

/// <summary>
/// The person in the demo: runs <c>vetopoint</c> as anyone would, and types the passphrase on a terminal of their own.
/// </summary>
internal sealed class Person(Stage stage)
{
    private const string PassphrasePrompt = "(nothing to cancel): ";

    /// <summary>Made up for this run; it protects nothing but the demo.</summary>
    public string Passphrase { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Makes the home: config, policies and the person's key.</summary>
    public Task<CommandEnd> InitAsync(CancellationToken cancellationToken) => Command.TypeAsync(
        stage.Vetopoint, ["init", "--home", stage.Home], [("for approvals: ", Passphrase), ("again: ", Passphrase)],
        cancellationToken);

    /// <summary>Makes the edited config and policies the ones that decide.</summary>
    public Task<CommandEnd> ActivateAsync(CancellationToken cancellationToken) => Command.TypeAsync(
        stage.Vetopoint, ["policy", "activate", "--home", stage.Home], [(PassphrasePrompt, Passphrase)], cancellationToken);

    public Task<CommandEnd> ApproveAsync(string attempt, CancellationToken cancellationToken) => Command.TypeAsync(
        stage.Vetopoint, ["approve", attempt, "--home", stage.Home], [(PassphrasePrompt, Passphrase)], cancellationToken);

    /// <summary>Refusing needs no proof: it only narrows.</summary>
    public Task<CommandEnd> DenyAsync(string attempt, CancellationToken cancellationToken) =>
        Command.RunAsync(stage.Vetopoint, ["deny", attempt, "--home", stage.Home], cancellationToken);
}
