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
/// <item>They must be about the act that was asked for, and the statement must name these very details. Of a held call they must be what its
/// intent and request say, whose digests are signed. A program that took the engine's place could otherwise show one thing and have another signed.</item>
/// <item>The details are shown on the terminal, whole, and the passphrase is asked for there.</item>
/// <item>The statement is signed and given back.</item>
/// </list>
/// </summary>
internal sealed class Proof(EngineClient engine, HomeDirectory home)
{
    /// <param name="subject">What the act is about, as people write it.</param>
    /// <param name="statedSubject">The same as the record spells it, made by <see cref="ApprovalSubject"/>: what is signed must say this.</param>
    /// <param name="approver">Who signs; null for the only one.</param>
    /// <param name="owner">The accountable person of an agent that gets a key; null for the config's.</param>
    public async Task<ActResult> GiveAsync(
        string act, string subject, string statedSubject, string? approver, string? owner, CancellationToken cancellationToken)
    {
        using var terminal = ControllingTerminal.Open(); // 1.
        var keys = new ApproverKeyFiles(home);
        var name = keys.Choose(approver);
        var request = new ChallengeRequest { Act = act, Subject = subject, Approver = name, Owner = owner };
        return await SignAsync(request, statedSubject, terminal, () => keys.Open(name, terminal), cancellationToken);
    }

    /// <summary>Erases what is kept of a task's calls. What is signed covers the reason.</summary>
    public async Task<ActResult> EraseAsync(string task, string why, string? approver, CancellationToken cancellationToken)
    {
        using var terminal = ControllingTerminal.Open(); // 1.
        var keys = new ApproverKeyFiles(home);
        var name = keys.Choose(approver);
        var request = new ChallengeRequest { Act = ActNames.Erase, Subject = task, Approver = name, Why = why };
        var stated = ApprovalSubject.Payloads(task, why);
        return await SignAsync(request, stated.Text, terminal, () => keys.Open(name, terminal), cancellationToken, stated.Digest);
    }

    /// <summary>Gives an agent a task.</summary>
    public async Task<ActResult> StartAsync(
        string agent, string template, Dictionary<string, string> values, string? approver, CancellationToken cancellationToken)
    {
        using var terminal = ControllingTerminal.Open(); // 1.
        var keys = new ApproverKeyFiles(home);
        var name = keys.Choose(approver);
        var request = new ChallengeRequest { Act = ActNames.Start, Subject = agent, Approver = name, Template = template, Set = values };
        var stated = ApprovalSubject.Operator(ApprovalSubject.StartWords(agent, template, values)).Text;
        return await SignAsync(request, stated, terminal, () => keys.Open(name, terminal), cancellationToken);
    }

    /// <summary>Lets one more person approve; an earlier approver signs.</summary>
    public Task<ActResult> EnrollAsync(
        string name, EcdsaPublicKey key, string signer, ControllingTerminal terminal, CancellationToken cancellationToken)
    {
        var request = new ChallengeRequest { Act = ActNames.EnrollApprover, Subject = name, Approver = signer, PublicKey = key.Text };
        var stated = ApprovalSubject.Approver(name, key).Text;
        return SignAsync(request, stated, terminal, () => new ApproverKeyFiles(home).Open(signer, terminal), cancellationToken);
    }

    /// <summary>
    /// Accepts several definitions of one server with one passphrase. The record holds one proof for each, so each is asked for, checked
    /// against what was shown, signed and given by itself.
    /// </summary>
    /// <param name="accepted">Told of each once it is accepted.</param>
    public async Task AcceptAsync(
        string server, IReadOnlyList<OfferedDefinition> tools, string? approver, Action<OfferedDefinition> accepted, CancellationToken cancellationToken)
    {
        using var terminal = ControllingTerminal.Open(); // 1.
        var keys = new ApproverKeyFiles(home);
        var name = keys.Choose(approver);
        terminal.Write(ToolsText.Of(server, tools)); // 4. before 2.: a challenge would not outlive the reading
        using var key = keys.Open(name, terminal);
        foreach (var tool in tools)
        {
            var request = new ChallengeRequest { Act = ActNames.Review, Subject = $"{server}/{tool.View.Tool}", Approver = name };
            var challenge = await engine.ChallengeAsync(request, cancellationToken); // 2.
            var (statement, _) = Checked(request, ApprovalSubject.Tool(server, tool.View.Tool, "").Text, challenge); // 3.
            if (statement.Digest != tool.Digest)
            {
                throw new CliException(
                    "VP1412", $"The definition of `{tool.View.Tool}` changed while you were reading. It was not accepted, nor was any after it.",
                    $"Look again: `vetopoint tools accept {server}`.", ExitCodes.NoProof);
            }

            var proof = statement.Sign(key); // 5.
            await engine.ActAsync(new ActRequest { Statement = proof.Statement, Signature = proof.Signature, KeyId = proof.KeyId }, cancellationToken);
            accepted(tool);
        }
    }

    private async Task<ActResult> SignAsync(
        ChallengeRequest request, string statedSubject, ControllingTerminal terminal, Func<ApproverKey> open, CancellationToken cancellationToken,
        string? statedDigest = null)
    {
        var challenge = await engine.ChallengeAsync(request, cancellationToken); // 2.
        var (statement, details) = Checked(request, statedSubject, challenge, statedDigest); // 3.
        terminal.Write(DetailsText.Of(details, statement)); // 4.
        ProofEntry proof;
        using (var key = open())
            proof = statement.Sign(key); // 5.
        return await engine.ActAsync(new ActRequest { Statement = proof.Statement, Signature = proof.Signature, KeyId = proof.KeyId }, cancellationToken);
    }

    private static (ApprovalStatement Statement, JsonElement Details) Checked(
        ChallengeRequest request, string statedSubject, Challenge challenge, string? statedDigest = null)
    {
        try
        {
            var statement = ApprovalStatement.Decode(Convert.FromBase64String(challenge.Statement));
            var shown = Convert.FromBase64String(challenge.Details);
            if (statement.Shows(shown)
                && string.Equals(statement.Approver, request.Approver, StringComparison.Ordinal)
                && string.Equals(statement.Act.ToName(), StatedAct(request.Act), StringComparison.Ordinal)
                && string.Equals(statement.Subject, statedSubject, StringComparison.Ordinal)
                && (statedDigest is null || string.Equals(statement.Digest, statedDigest, StringComparison.Ordinal))
                && statement.Rung <= Rungs.OfOnePerson
                && (request.Act != ActNames.Approve || HeldCallPaper.Fits(
                    statement, Convert.FromBase64String(challenge.Bound ?? ""), shown, Convert.FromBase64String(challenge.Salt ?? ""))))
                return (statement, JsonElement.Parse(shown, new JsonDocumentOptions { AllowDuplicateProperties = false }));
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

    private static string StatedAct(string act) => act is ActNames.EnrollApprover ? ActNames.Enroll : act;
}
