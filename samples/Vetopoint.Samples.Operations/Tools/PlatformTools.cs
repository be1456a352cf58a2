using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Vetopoint.Samples.Operations.Company;

namespace Vetopoint.Samples.Operations.Tools;

/// <summary>Tools over roles, services and mail.</summary>
[McpServerToolType]
internal sealed class PlatformTools(Area area, TimeProvider time)
{
    private const int RestartSteps = 4;

    [McpServerTool(Name = "grant_role", Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Gives a user a role in an environment.")]
    public RoleGranted GrantRole(
        [Description("Who gets the role.")] string user,
        [Description("reader, operator or admin")] string role,
        [Description("prod or staging")] string environment)
    {
        using var connection = area.Open(environment);
        Tables.Run(
            connection, "INSERT OR REPLACE INTO roles (user, role) VALUES ($user, $role)", ("$user", user), ("$role", role));
        return new RoleGranted(environment, user, role);
    }

    [McpServerTool(Name = "restart_service", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Restarts a service and waits until it runs again.")]
    public async Task<ServiceRestarted> RestartServiceAsync(
        [Description("prod or staging")] string environment,
        [Description("billing, checkout or search")] string name,
        IProgress<ProgressNotificationValue> progress,
        CancellationToken cancellationToken)
    {
        await using var connection = area.Open(environment);
        var found = Tables.Read(connection, "SELECT start_milliseconds FROM services WHERE name = $name", ("$name", name));
        if (found is not [var service])
            throw new McpException($"There is no service `{name}` in {environment}.");

        SetState(name, "starting");
        var step = TimeSpan.FromMilliseconds((long)service["start_milliseconds"]! / RestartSteps);
        for (var i = 1; i <= RestartSteps; i++)
        {
            await Task.Delay(step, time, cancellationToken);
            progress.Report(new ProgressNotificationValue { Progress = i, Total = RestartSteps, Message = $"Starting {name}" });
        }

        SetState(name, "running");
        return new ServiceRestarted(environment, name, "running");

        void SetState(string of, string state) => Tables.Run(
            connection, "UPDATE services SET state = $state WHERE name = $name", ("$state", state), ("$name", of));
    }

    [McpServerTool(Name = "send_report", Destructive = false, OpenWorld = true, UseStructuredContent = true)]
    [Description("Sends a report by mail.")]
    public ReportSent SendReport(
        [Description("The address to send to.")] string to,
        [Description("The subject line.")] string subject,
        [Description("The text.")] string? body = null)
    {
        Directory.CreateDirectory(area.Outbox);
        var message = Guid.CreateVersion7(time.GetUtcNow()).ToString("N") + ".eml";
        File.WriteAllText(Path.Combine(area.Outbox, message), $"To: {to}\nSubject: {subject}\n\n{body}\n");
        return new ReportSent(to, subject, message);
    }
}
