using System.Diagnostics;
using Vetopoint.Testing.Cedar.Bytes;

namespace Vetopoint.Fuzz;

/// <summary>Damaged and random bytes to every reader of the policy engine, until one crashes, hangs or asks for too much memory.</summary>
internal static class CedarBytesFuzz
{
    private const ulong ReportEvery = 20_000;

    /// <returns>The exit code: 1 when something was found.</returns>
    public static int Run(string root, ulong seed, ulong count, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts/fuzz")).FullName;
        var current = Path.Combine(folder, "cedar-bytes-current");
        var start = Stopwatch.GetTimestamp();
        for (ulong done = 0; done < count && !cancellationToken.IsCancellationRequested; done++)
        {
            var input = HostileBytes.Make(seed + done);

            // What ends the process leaves its input behind.
            if (input.Bytes.Length > HostileBytes.RememberedFrom)
                File.WriteAllBytes(current, input.Bytes);
            var found = HostileBytes.Try(input);
            if (found is not null)
            {
                var file = Path.Combine(folder, $"cedar-bytes-{seed + done}");
                File.WriteAllBytes(file, input.Bytes);
                Console.WriteLine($"{input.Reader}: {found} Its input is {file}. Again: ./fuzz cedar-bytes --seed {seed + done} --count 1");
                return 1;
            }

            if ((done + 1) % ReportEvery == 0)
                Console.Error.WriteLine($"{done + 1} inputs without a finding in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }

        return 0;
    }
}
