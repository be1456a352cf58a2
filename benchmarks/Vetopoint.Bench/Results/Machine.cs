using System.Runtime.InteropServices;

namespace Vetopoint.Bench.Results;

/// <summary>The machine a run was made on, as far as it matters to read its figures.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{Environment.ProcessorCount} cores ({model ?? "unknown"}), {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}. "
            + "Load, upstream and gate share the cores.";
    }
}
