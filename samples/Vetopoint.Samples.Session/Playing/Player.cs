using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Vetopoint.Api.Messages;
using Vetopoint.Samples.Session.Recording;
using Vetopoint.Samples.Session.Showing;

namespace Vetopoint.Samples.Session.Playing;

/// <summary>Plays a session through a real client, call by call, and lets the person act on what is held.</summary>
internal sealed class Player(Stage stage, Person person, Screen screen)
{
    /// <summary>Each listing is judged, so one of them tells that the live judgements are being heard.</summary>
    private const int ListingsMax = 200;

    /// <summary>Plays every step through Vetopoint.</summary>
    /// <returns>The steps whose verdict was not the expected one, in words; empty when all were.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(SessionScript script, CancellationToken cancellationToken)
    {
        var surprises = new List<string>();
        await using var listener = new JudgementListener(stage.Home);
        await using var client = await GovernedServer.ConnectAsync(stage, script.Agent, cancellationToken);
        // An agent lists the tools first; that pins them.
        await client.ListToolsAsync(cancellationToken: cancellationToken);
        for (var i = 0; i < ListingsMax && !listener.Hears; i++)
            await client.ListToolsAsync(cancellationToken: cancellationToken);
        for (var i = 0; i < script.Steps.Length; i++)
        {
            var step = script.Steps[i];
            screen.ShowCall(i + 1, step);
            var judgement = await PlayAsync(step, client, listener, cancellationToken);
            if (Surprise(step.Expect, judgement) is { } surprise)
            {
                surprises.Add($"Call {i + 1}, `{step.Tool}`: {surprise}");
                screen.ShowSurprise(surprise);
            }
        }

        return surprises;
    }

    /// <summary>Plays the same calls against the second copy, with nothing in between.</summary>
    public static async Task PlayDirectlyAsync(Stage stage, SessionScript script, CancellationToken cancellationToken)
    {
        await using var client = await GovernedServer.ConnectDirectlyAsync(stage, script.Agent, cancellationToken);
        foreach (var step in script.Steps)
            await CallAsync(client, step, cancellationToken);
    }

    private async Task<JudgementView> PlayAsync(
        Step step, McpClient client, JudgementListener listener, CancellationToken cancellationToken)
    {
        var call = CallAsync(client, step, cancellationToken);
        var judgement = await listener.NextAsync(step.Tool, cancellationToken);
        screen.ShowJudgement(judgement);
        if (judgement.Verdict == "hold")
            await ActAsync(step.Person, judgement, cancellationToken);
        screen.ShowAnswer(judgement, await call);
        // An approved call is judged once more at the moment it runs.
        if (judgement.Verdict == "hold" && step.Person == PersonAct.Approve)
            await listener.NextAsync(step.Tool, cancellationToken);
        return judgement;
    }

    private async Task ActAsync(PersonAct act, JudgementView judgement, CancellationToken cancellationToken)
    {
        switch (act)
        {
            case PersonAct.Approve:
                screen.ShowPerson($"vetopoint approve {judgement.Attempt}");
                (await person.ApproveAsync(judgement.Attempt, cancellationToken)).Checked("approve");
                break;
            case PersonAct.Deny:
                screen.ShowPerson($"vetopoint deny {judgement.Attempt}");
                (await person.DenyAsync(judgement.Attempt, cancellationToken)).Checked("deny");
                break;
            case PersonAct.None:
                // Not foreseen, so no one waits for it.
                await person.DenyAsync(judgement.Attempt, cancellationToken);
                break;
        }
    }

    private static async Task<CallToolResult> CallAsync(McpClient client, Step step, CancellationToken cancellationToken) =>
        await client.CallToolAsync(
            step.Tool,
            step.Arguments.ToDictionary(argument => argument.Key, object? (argument) => argument.Value),
            cancellationToken: cancellationToken);

    private static string? Surprise(Expectation expected, JudgementView judgement)
    {
        if (judgement.Verdict != expected.Verdict)
            return $"the verdict is `{judgement.Verdict}` and `{expected.Verdict}` was expected.";
        if (expected.Form is { } form && judgement.Form != form)
            return $"the form is `{judgement.Form}` and `{form}` was expected.";
        return expected.Rung is { } rung && judgement.Rung != rung
            ? $"it needs assurance {judgement.Rung} and {rung} was expected."
            : null;
    }
}
