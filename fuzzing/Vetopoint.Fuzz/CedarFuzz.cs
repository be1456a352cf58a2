using System.Diagnostics;
using Vetopoint.Testing.Cedar.Cases;
using Vetopoint.Testing.Cedar.Generation;

namespace Vetopoint.Fuzz;

/// <summary>Generated cases to this engine and to the reference engine, until they answer differently.</summary>
internal static class CedarFuzz
{
    private const ulong ReportEvery = 1_000;

    /// <returns>The exit code: 1 when a difference was found.</returns>
    public static int Run(string root, ulong seed, ulong count, CancellationToken cancellationToken)
    {
        if (!ReferenceEngine.IsInstalled(root))
        {
            Console.Error.WriteLine("The reference engine is not installed. Run `npm ci` in tests/node.");
            return 2;
        }

        using var reference = ReferenceEngine.Start(root);
        var start = Stopwatch.GetTimestamp();
        for (ulong done = 0; done < count && !cancellationToken.IsCancellationRequested; done++)
        {
            var test = CaseMaker.Make(seed + done);
            var differences = Differential.Differences(test, reference.Answer(test));
            if (differences.Count > 0)
            {
                Report(root, test, reference);
                return 1;
            }

            if ((done + 1) % ReportEvery == 0)
                Console.Error.WriteLine($"{done + 1} cases without a difference in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }

        return 0;
    }

    private static void Report(string root, CedarCase test, ReferenceEngine reference)
    {
        var small = CaseShrinker.Shrink(test, smaller => Differential.Differences(smaller, reference.Answer(smaller)).Count > 0);
        var answer = reference.Answer(small);
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts/fuzz")).FullName;
        var file = Path.Combine(folder, $"cedar-{test.Name}.json");
        var json = small.ToJson();
        json["reference"] = answer;
        File.WriteAllText(file, CedarCase.Write(json));
        Console.WriteLine($"Case {test.Name} is answered differently. As small as it gets: {file}");
        foreach (var difference in Differential.Differences(small, answer))
            Console.WriteLine("  " + difference);
        foreach (var policy in small.Policies.Concat(small.Templates))
            Console.WriteLine("  " + policy);
        Console.WriteLine($"Again: ./fuzz cedar --seed {test.Name["seed".Length..]} --count 1. When mended, move the file to tests/corpus/cedar/differential.");
    }
}
