using System.Runtime.InteropServices;
using Vetopoint.Api.Homes;

namespace Vetopoint.Server.Composition;

/// <summary>
/// The end when it is not known whether the record was written. Nothing more may run, not even a handler on the way out, so
/// the process leaves at once; start-up finds out what the record says.
/// </summary>
internal static partial class UnknownCommit
{
    public static void Stop(HomeDirectory home, string reason)
    {
        try
        {
            File.AppendAllText(home.EngineLog, $$"""{"level":"critical","category":"Vetopoint.Server","event":7003,"message":{{Quoted(reason)}}}""" + "\n");
            Console.Error.WriteLine(reason);
        }
        catch (IOException)
        {
            // The disk that failed the record may fail the log too. The exit code says it.
        }

        LeaveAtOnce((int)ExitCode.UnknownCommit);
    }

    private static string Quoted(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void LeaveAtOnce(int code);
}
