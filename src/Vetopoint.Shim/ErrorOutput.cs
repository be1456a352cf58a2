using System.Text;

namespace Vetopoint.Shim;

/// <summary>Standard error: what a client shows or keeps in its log.</summary>
internal static class ErrorOutput
{
    /// <returns>The exit code, to be returned.</returns>
    public static int Fail(string message, int exitCode)
    {
        try
        {
            using var error = Console.OpenStandardError();
            error.Write(Encoding.UTF8.GetBytes($"vetopoint: {message}\n"));
        }
        catch (IOException)
        {
            // No one reads it any more; the exit code still tells.
        }

        return exitCode;
    }
}
