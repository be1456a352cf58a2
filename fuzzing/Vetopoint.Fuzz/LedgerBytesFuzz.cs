using System.Diagnostics;
using Vetopoint.Testing.Ledger.Bytes;

namespace Vetopoint.Fuzz;

/// <summary>Damaged and random bytes to every reader of the record and its log, until one crashes, hangs, or believes what it should not.</summary>
internal static class LedgerBytesFuzz
{
    private const ulong ReportEvery = 100_000;

    /// <returns>The exit code: 1 when something was found.</returns>
    public static int Run(string root, ulong seed, ulong count, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts/fuzz")).FullName;
        var start = Stopwatch.GetTimestamp();
        for (ulong done = 0; done < count && !cancellationToken.IsCancellationRequested; done++)
        {
            var input = LedgerBytes.Make(seed + done);
            if (LedgerBytes.Try(input) is { } found)
            {
                var file = Path.Combine(folder, $"ledger-bytes-{seed + done}");
                File.WriteAllBytes(file, input.Bytes);
                Console.WriteLine($"{input.Reader}: {found} Its input is {file}. Again: ./fuzz ledger-bytes --seed {seed + done} --count 1");
                return 1;
            }

            if ((done + 1) % ReportEvery == 0)
                Console.Error.WriteLine($"{done + 1} inputs without a finding in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }

        return 0;
    }
}
