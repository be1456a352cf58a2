using System.Globalization;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>Whether the task's mandate and budgets cover a form. No policy and no approval widens them.</summary>
internal static class MandateReasons
{
    /// <returns>True when they cover it; else the answer says why not, for good.</returns>
    public static bool Check(AttemptFacts attempt, FormFacts form, in TaskView task, FormAnswer answer)
    {
        var mandate = task.Mandate;
        if (task.Now >= mandate.ExpiresAt)
        {
            answer.ObjectFinally(ControlCodes.TaskExpired, "The task's mandate expired. Start a new task.");
            return false;
        }

        if (!mandate.AllowsServer(attempt.Server))
            Outside($"the server `{attempt.Server}`");
        foreach (var operation in form.Operations)
        {
            if (!mandate.AllowsEffect(operation.Operation.Effect))
                Outside($"the effect `{operation.Operation.Effect.ToName()}`");
            if (!mandate.AllowsEnvironment(operation.Environment))
                Outside(EnvironmentWords(operation.Environment, operation.EnvironmentKnown));
            if (operation.DestinationEnvironment is { } destination && !mandate.AllowsEnvironment(destination))
                Outside(EnvironmentWords(destination, known: true));
        }

        if (task.Calls >= mandate.CallsMax)
            Over($"all {Number(mandate.CallsMax)} calls", $"{Number(mandate.CallsMax)} calls");
        if (form.Objects > mandate.ObjectsMax - task.Objects)
        {
            Over(
                $"{Number(task.Objects)} of {Number(mandate.ObjectsMax)} objects, and this one counts {Number(form.Objects)}",
                $"{Number(mandate.ObjectsMax)} objects");
        }

        if (task.Bytes >= mandate.BytesMax)
            Over($"all {Number(mandate.BytesMax)} bytes of results", $"{Number(mandate.BytesMax)} bytes");
        return !answer.IsFinal;

        void Outside(string what) => answer.ObjectFinally(
            ControlCodes.OutsideMandate, $"The task's mandate does not cover {what}. Its owner can widen the mandate in the config.");

        void Over(string used, string budget) => answer.ObjectFinally(
            ControlCodes.OverBudget, $"The task has used {used}. Its budget of {budget} is in the config; its owner can raise it.");
    }

    private static string EnvironmentWords(string environment, bool known) =>
        known ? $"the environment `{environment}`" : $"the environment `{environment}`, which an unknown environment counts as";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
