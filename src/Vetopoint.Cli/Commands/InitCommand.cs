using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using System.Text;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary>
/// <c>vetopoint init</c>: the config, the default policies and the first approver. What is there already stays; what is missing
/// is made, so it can be run again.
/// </summary>
internal static class InitCommand
{
    private const string SchemaResource = "vetopoint.schema.json";
    private const string PolicyResource = "policies/";

    public static TaughtCommand Create()
    {
        var owner = new Option<string?>("--owner") { Description = "The person who answers for agents without an owner of their own, and who approves", HelpName = "PERSON" };
        var noApprover = new Option<bool>("--no-approver") { Description = "Make no approver key: nothing that needs a person's proof can then be done" };
        var command = new TaughtCommand(
            "init",
            "Makes Vetopoint's home: a commented config, the default policies, and a passphrase for approvals. Overwrites nothing.",
            "vetopoint init",
            "vetopoint init --owner alice@example.com",
            "vetopoint init --no-approver --home ./sandbox")
        {
            owner, noApprover,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var name = run.Get(owner) ?? Environment.UserName;
            ApproverKeyFiles.RequireName(name);

            // Before anything is written: a person is asked for a passphrase, so one must be there.
            using var terminal = run.Get(noApprover) ? null : ControllingTerminal.Open();
            var written = WriteFiles(run.Home, name);
            string? approver = null;
            var notes = ImmutableArray.CreateBuilder<string>();
            if (terminal is not null)
                approver = await ApproversCommand.EnsureFirstAsync(run.Home, name, terminal, cancellationToken);
            else
                notes.Add("Without an approver nothing can be approved, activated, observed or released. `vetopoint approvers add NAME` makes one.");
            notes.Add("Next: `vetopoint scan`, then `vetopoint adopt CLIENT`.");
            Show(run.Screen, new InitReport(run.Home.Root, written, approver, notes.ToImmutable()));
            return ExitCodes.Done;
        });
        return command;
    }

    private static ImmutableArray<WrittenFile> WriteFiles(HomeDirectory home, string owner)
    {
        if (home.Prepare() is { IsEmpty: false } problems)
            throw new ProblemException(problems);
        var files = ImmutableArray.CreateBuilder<WrittenFile>();
        files.Add(Write(home.ConfigFile, Encoding.UTF8.GetBytes(DefaultConfig.Text(owner))));
        files.Add(Write(Path.Combine(home.Root, SchemaResource), Content(SchemaResource)));

        // A folder with policies in it is someone's set: adding to it could change what it means.
        var isNew = !Directory.EnumerateFileSystemEntries(home.PoliciesFolder).Any();
        var resources = Assembly.GetExecutingAssembly().GetManifestResourceNames();
        foreach (var resource in resources.Where(name => name.StartsWith(PolicyResource, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var path = Path.Combine(home.PoliciesFolder, resource[PolicyResource.Length..]);
            files.Add(isNew ? Write(path, Content(resource)) : new WrittenFile(path, false));
        }

        return files.ToImmutable();
    }

    private static byte[] Content(string resource)
    {
        using var content = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static WrittenFile Write(string path, byte[] bytes)
    {
        if (File.Exists(path))
            return new WrittenFile(path, false);
        ConfigFiles.Replace(path, expected: null, bytes);
        return new WrittenFile(path, true);
    }

    private static void Show(Screen screen, InitReport report)
    {
        if (screen.Json)
        {
            screen.WriteJson(report, CliJson.Default.InitReport);
            return;
        }

        foreach (var file in report.Files)
            screen.Line($"{(file.Written ? "wrote" : "kept ")}  {file.File}");
        if (report.Approver is { } approver)
            screen.Line($"Approver: {approver}.");
        foreach (var note in report.Notes)
            screen.Line(note);
    }
}

/// <summary>What <c>init</c> did; also its <c>--json</c> shape.</summary>
internal sealed record InitReport(string Home, ImmutableArray<WrittenFile> Files, string? Approver, ImmutableArray<string> Notes);

/// <param name="Written">False when it was there, or its folder had files already.</param>
internal sealed record WrittenFile(string File, bool Written);
