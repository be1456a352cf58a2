using System.Globalization;
using System.Runtime.InteropServices;
using Vetopoint.Fuzz;

if (args is not [var root, var target, ..] || !TryNumber("--seed", 1, out var seed) || !TryNumber("--count", ulong.MaxValue, out var count))
{
    Console.Error.WriteLine("Run ./fuzz, which knows how: `./fuzz cedar|cedar-bytes|ledger-bytes [--seed N] [--count N]`.");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

return target switch
{
    "cedar" => CedarFuzz.Run(root, seed, count, stop.Token),
    "cedar-bytes" => CedarBytesFuzz.Run(root, seed, count, stop.Token),
    "ledger-bytes" => LedgerBytesFuzz.Run(root, seed, count, stop.Token),
    _ => Unknown(),
};

int Unknown()
{
    Console.Error.WriteLine($"./fuzz does not know `{target}`.");
    return 2;
}

bool TryNumber(string option, ulong otherwise, out ulong number)
{
    number = otherwise;
    var at = Array.IndexOf(args, option);
    return at < 0 || (at + 1 < args.Length && ulong.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out number));
}
