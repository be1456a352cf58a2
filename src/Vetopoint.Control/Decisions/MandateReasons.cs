using System.Globalization;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Whether the task's mandate and budgets cover a form, and those of every task above it. No policy widens them. Where the policy set
/// holds what is outside the task's own mandate, one person can let such a call through; nobody can let one through that is outside
/// the mandate of a task above, or over a budget.
/// </summary>
internal static class MandateReasons
{
    /// <returns>True when they cover it, or when a person could let it through; else the answer says why not, for good.</returns>
    public static bool Check(AttemptFacts attempt, FormFacts form, in TaskView task, int assurance, FormAnswer answer)
    {
        if (task.Now >= task.Mandate.ExpiresAt)
        {
            answer.ObjectFinally(ControlCodes.TaskExpired, "The task's mandate expired. Start a new task.");
            return false;
        }

        foreach (var link in task.Links)
        {
            if (!link.IsLive)
            {
                answer.ObjectFinally(ControlCodes.TaskOver, $"The task `{link.Id}` above it is over, and so is this one.");
                return false;
            }

            if (link.Trust.IsQuarantined)
            {
                answer.ObjectFinally(ControlCodes.AgentQuarantined, $"The agent `{link.Agent}`, which handed this task on, is quarantined. Its owner has to look at it first.");
                return false;
            }
        }

        // To create a task is not what the task is for, but how it is done: what may be handed on is checked against the whole mandate.
        if (attempt.IsDelegation)
        {
            if (task.Children >= task.Mandate.ChildrenMax)
                answer.ObjectFinally(ControlCodes.TooManyChildren, $"The task may create {Number(task.Mandate.ChildrenMax)} tasks, and has.");
            Budgets(task.Mandate, null, new Usage(task.Calls, task.Objects, task.Sensitive, task.Bytes));
            foreach (var link in task.Links)
                Budgets(link.Mandate, link, new Usage(link.Calls, link.Objects, link.Sensitive, link.Bytes));
            return !answer.IsFinal;
        }

        var holds = attempt.PolicySet.Settings.Outside == OutsideMandate.Hold;
        if (!(holds && assurance >= Contract.RungOfOnePerson))
            Scope(task.Mandate, null, isFinal: !holds);
        var used = new Usage(task.Calls, task.Objects, task.Sensitive, task.Bytes);
        Budgets(task.Mandate, null, used);
        foreach (var link in task.Links)
        {
            Scope(link.Mandate, link, isFinal: true);
            Budgets(link.Mandate, link, new Usage(link.Calls, link.Objects, link.Sensitive, link.Bytes));
        }

        return !answer.IsFinal;

        void Scope(Mandate mandate, TaskLink? above, bool isFinal)
        {
            List<OutsideMandateItem>? found = null;
            if (!mandate.AllowsServer(attempt.Server))
                MandateScope.Add(ref found, "servers", $"the server `{attempt.Server}`");
            if (!mandate.AllowsGate(attempt.Gate))
                MandateScope.Add(ref found, "gates", $"the gate `{attempt.Gate}`");
            foreach (var operation in form.Operations)
                MandateScope.Check(mandate, operation, ref found);
            foreach (var (set, what) in found ?? [])
            {
                answer.Name(MandatePolicies.IdPrefix + set);
                var reason = above is null
                    ? $"The task's mandate does not cover {what}. Its owner can widen the mandate in the config."
                    : $"The mandate of the task `{above.Id}` above it, of the agent `{above.Agent}`, does not cover {what}.";
                if (isFinal)
                    answer.ObjectFinally(ControlCodes.OutsideMandate, reason);
                else
                    answer.Object(ControlCodes.OutsideMandate, reason);
            }
        }

        void Budgets(Mandate mandate, TaskLink? above, Usage used)
        {
            if (used.Calls >= mandate.CallsMax)
                Over($"all {Number(mandate.CallsMax)} calls", $"{Number(mandate.CallsMax)} calls");
            if (form.Objects > mandate.ObjectsMax - used.Objects)
            {
                Over(
                    $"{Number(used.Objects)} of {Number(mandate.ObjectsMax)} objects, and this one counts {Number(form.Objects)}",
                    $"{Number(mandate.ObjectsMax)} objects");
            }

            if (form.Sensitive > 0 && form.Sensitive > mandate.SensitiveMax - used.Sensitive)
            {
                Over(
                    $"{Number(used.Sensitive)} of {Number(mandate.SensitiveMax)} objects with labelled data, and this one counts {Number(form.Sensitive)}",
                    $"{Number(mandate.SensitiveMax)} such objects");
            }

            if (used.Bytes >= mandate.BytesMax)
                Over($"all {Number(mandate.BytesMax)} bytes of results", $"{Number(mandate.BytesMax)} bytes");

            void Over(string what, string budget) => answer.ObjectFinally(
                ControlCodes.OverBudget,
                above is null
                    ? $"The task has used {what}. Its budget of {budget} is in the config; its owner can raise it."
                    : $"The task `{above.Id}` above it has used {what}, with all tasks it created. Its budget is {budget}.");
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private readonly record struct Usage(long Calls, long Objects, long Sensitive, long Bytes);
}
