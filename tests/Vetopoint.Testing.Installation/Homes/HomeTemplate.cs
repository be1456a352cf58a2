using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Testing.Installation.Homes;

/// <summary>One home made by <c>vetopoint init</c>, copied for every installation: making one takes seconds.</summary>
internal static class HomeTemplate
{
    private static readonly SemaphoreSlim Making = new(1);
    private static TemporaryFolder? _made; // owned by whoever holds Making

    /// <summary>The home to copy.</summary>
    public static async Task<string> PathAsync()
    {
        await Making.WaitAsync();
        try
        {
            return (_made ??= await MakeAsync())["home"];
        }
        finally
        {
            Making.Release();
        }
    }

    public static void Copy(string from, string to)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("The engine needs Unix file modes.");
        Directory.CreateDirectory(to, OwnerOnly);
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            if (Path.GetFileName(folder) != "run")
                Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static async Task<TemporaryFolder> MakeAsync()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var initialised = await TerminalSession.RunAsync(
            Installation.Vetopoint,
            ["init", "--home", folder["home"]],
            [(Installation.PassphrasePrompt, Installation.Passphrase), (Installation.PassphrasePrompt, Installation.Passphrase)]);
        await ChildProcess.RunAsync(Installation.Vetopoint, ["stop", "--home", folder["home"]]);
        return initialised.ExitCode == 0
            ? folder
            : throw new InvalidOperationException($"vetopoint init ended with code {initialised.ExitCode}:\n{initialised.Output}");
    }
}
