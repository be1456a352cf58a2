using System.Text;
using Vetopoint.Testing.Upstream;

// The scripted server over its standard streams. `--stubborn` ignores the end of its input and SIGTERM.
using var output = Console.OpenStandardOutput();
using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
using var turn = new SemaphoreSlim(1, 1);
var server = new ScriptedServer(async line =>
{
    await turn.WaitAsync();
    try
    {
        await output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await output.FlushAsync();
    }
    finally
    {
        turn.Release();
    }
});

var isStubborn = args.Contains("--stubborn");
using var deaf = isStubborn
    ? System.Runtime.InteropServices.PosixSignalRegistration.Create(
        System.Runtime.InteropServices.PosixSignal.SIGTERM, context => context.Cancel = true)
    : null;
await Console.Error.WriteLineAsync("scripted upstream is ready");
while (await input.ReadLineAsync() is { } line)
    _ = server.TakeAsync(line);
if (isStubborn)
    await Task.Delay(Timeout.Infinite);
