using System.Text.Json;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Cli.Approvals;

/// <summary>
/// A person's proof for one act. The private key and the passphrase never leave this process; what is shown is what is signed.
/// <list type="number">
/// <item>A controlling terminal must be there, before anything is asked of the engine.</item>
/// <item>The engine gives a statement to sign and the details to show.</item>
/// <item>They must be about the act that was asked for, and the statement must name these very details. A program that took the
/// engine's place could otherwise show one thing and have another signed.</item>
/// <item>The details are shown on the terminal, whole, and the passphrase is asked for there.</item>
/// <item>The statement is signed and given back.</item>
/// </list>
/// </summary>
internal sealed class Proof(EngineClient engine, HomeDirectory home)
{
    /// <param name="approver">Who signs; null for the only one.</param>
    /// <param name="owner">The accountable person of an agent that gets a key; null for the config's.</param>
    public async Task<ActResult> GiveAsync(string act, string subject, string? approver, string? owner, CancellationToken cancellationToken)
    {
        using var terminal = ControllingTerminal.Open(); // 1.
        var keys = new ApproverKeyFiles(home);
        var name = keys.Choose(approver);
        var request = new ChallengeRequest { Act = act, Subject = subject, Approver = name, Owner = owner };
        return await SignAsync(request, terminal, () => keys.Open(name, terminal), cancellationToken);
    }

    /// <summary>Lets a new person approve. An earlier approver signs; the first one signs for themselves.</summary>
    public Task<ActResult> EnrollAsync(
        string name, EcdsaPublicKey key, string signer, Func<ApproverKey> signerKey, ControllingTerminal terminal, CancellationToken cancellationToken)
    {
        var request = new ChallengeRequest { Act = ActNames.EnrollApprover, Subject = name, Approver = signer, PublicKey = key.Text };
        return SignAsync(request, terminal, signerKey, cancellationToken);
    }

    private async Task<ActResult> SignAsync(
        ChallengeRequest request, ControllingTerminal terminal, Func<ApproverKey> open, CancellationToken cancellationToken)
    {
        var challenge = await engine.ChallengeAsync(request, cancellationToken); // 2.
        var (statement, details) = Checked(request, challenge); // 3.
        terminal.Write(DetailsText.Of(details, statement)); // 4.
        ProofEntry proof;
        using (var key = open())
            proof = statement.Sign(key); // 5.
        return await engine.ActAsync(new ActRequest { Statement = proof.Statement, Signature = proof.Signature, KeyId = proof.KeyId }, cancellationToken);
    }

    private static (ApprovalStatement Statement, ActDetails Details) Checked(ChallengeRequest request, Challenge challenge)
    {
        try
        {
            var statement = ApprovalStatement.Decode(Convert.FromBase64String(challenge.Statement));
            var shown = Convert.FromBase64String(challenge.Details);
            var details = JsonSerializer.Deserialize(shown, ApiJson.Default.ActDetails);
            if (details is not null
                && statement.Shows(shown)
                && string.Equals(statement.Approver, request.Approver, StringComparison.Ordinal)
                && string.Equals(details.Act, request.Act, StringComparison.Ordinal)
                && string.Equals(details.Subject, request.Subject, StringComparison.Ordinal)
                && string.Equals(statement.Act.ToName(), StatementAct(request.Act), StringComparison.Ordinal)
                && StatementSubjects(request).Contains(statement.Subject, StringComparer.Ordinal))
                return (statement, details);
        }
        catch (Exception e) when (e is FormatException or JsonException or LedgerException)
        {
            // Not what an engine sends: refused below, as everything that does not fit.
        }

        throw new CliException(
            "VP1408",
            "What was given to sign is not what was asked for or not what is shown. Nothing was signed.",
            "Another program may stand in the engine's place: run `vetopoint doctor`, and look at who started the process in run/engine.pid.",
            ExitCodes.NoProof);
    }

    private static string StatementAct(string act) => act is ActNames.EnrollApprover ? ActNames.Enroll : act;

    /// <summary>What the statement must be about, as the record spells it.</summary>
    private static string[] StatementSubjects(ChallengeRequest request) => request.Act switch
    {
        ActNames.Approve => [$"attempt {request.Subject}"],
        ActNames.Activate => [$"policy-set {request.Subject}"],
        ActNames.Review => [$"tool {request.Subject}"],
        ActNames.Enroll or ActNames.Revoke => [$"agent {request.Subject}"],
        ActNames.EnrollApprover => [$"approver {request.Subject}"],
        ActNames.Observe or ActNames.Enforce => [$"operator server {request.Subject}"],
        ActNames.Release => [$"operator client {request.Subject}"],
        _ => [],
    };
}
