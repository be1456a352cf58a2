using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vetopoint.Bench.Ledger;

/// <summary>The least that a durable append can cost: bytes at the end of a file, then <c>fdatasync</c>.</summary>
internal static class BareAppend
{
    public static double MedianMilliseconds(string file, int bytes, int count)
    {
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var descriptor = (int)stream.SafeFileHandle.DangerousGetHandle();
        var content = new byte[bytes];
        var times = new double[count];
        for (var n = 0; n < count; n++)
        {
            var start = Stopwatch.GetTimestamp();
            stream.Write(content);
            if (Sync(descriptor) != 0)
                throw new IOException($"fdatasync failed: {Marshal.GetLastPInvokeErrorMessage()}");
            times[n] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[count / 2];
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int file);
}
