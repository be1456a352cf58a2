using System.Net.Sockets;
using Vetopoint.Shim.Engine;

namespace Vetopoint.Shim.Wrapping;

/// <summary>
/// <c>vetopoint wrap</c>: stands where an MCP client expects its server, and hands every byte to the engine and back.
/// It holds no rule and no key; what it can do alone is nothing.
/// <list type="number">
/// <item>Connect to the engine, starting it when none runs.</item>
/// <item>Greet: say which server is wanted, learn whether the engine takes it.</item>
/// <item>Pump bytes both ways until one side ends.</item>
/// <item>If the engine ended first, answer what the client still waits for with errors.</item>
/// </list>
/// Termination by a signal needs no code: the process ends, the socket closes, and the engine ends the server.
/// </summary>
internal static class Wrap
{
    private const string LostMessage =
        "Vetopoint's engine ended this connection before an answer came. Whether the action ran is in the record: run `vetopoint ledger tail`.";

    public static int Run(string[] args)
    {
        try
        {
            var arguments = WrapArguments.Parse(args);
            if (arguments.Help)
            {
                Console.Out.Write(WrapArguments.HelpText);
                return ExitCodes.Done;
            }

            // The greeting names the client's directory; the engine's start leaves it.
            var greeting = Greeting.Encode(arguments);
            using var engine = EngineConnection.Open(arguments.Home); // 1.
            Greet(engine, greeting); // 2.
            return Pump(engine);
        }
        catch (ShimException e)
        {
            return ErrorOutput.Fail(e.Message, e.ExitCode);
        }
        catch (SocketException e)
        {
            return ErrorOutput.Fail($"VP1903: The connection to the engine broke: {e.Message}. Run `vetopoint doctor`.", ExitCodes.EngineUnreachable);
        }
    }

    private static void Greet(Socket engine, byte[] greeting)
    {
        SendAll(engine, greeting);
        engine.ReceiveTimeout = (int)Limits.Greeting.TotalMilliseconds;
        var line = new List<byte>();
        Span<byte> one = stackalloc byte[1];

        // One byte at a time: what follows the line belongs to MCP. It is short and comes once.
        while (true)
        {
            if (engine.Receive(one) is 0)
                throw new ShimException("VP1904: The engine closed the connection without an answer. Run `vetopoint doctor`.", ExitCodes.EngineUnreachable);
            if (one[0] is (byte)'\n')
                break;
            line.Add(one[0]);
            if (line.Count > Limits.GreetingAnswerBytesMax)
                throw new ShimException("VP1904: The engine's answer has no end. Run `vetopoint doctor`.", ExitCodes.EngineUnreachable);
        }

        Greeting.Check([.. line]);
        engine.ReceiveTimeout = 0;
    }

    private static int Pump(Socket engine)
    {
        var pending = new PendingRequests();
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var engineEnded = new ManualResetEventSlim();
        var clientClosed = false;

        // 3. Two directions, two threads: a blocking read each is the shortest path there is. The process ends with this
        //    method, so a thread that still waits for the client does not hold it up.
        var toEngine = new Thread(() =>
        {
            if (!CopyToEngine(input, engine, pending))
                return;
            Volatile.Write(ref clientClosed, true);
            Drain(engine, engineEnded);
        })
        { IsBackground = true, Name = "client to engine" };
        toEngine.Start();

        if (!CopyToClient(engine, output, pending))
            return ExitCodes.Done;

        // 4.
        engineEnded.Set();
        var answers = pending.ErrorResponses(LostMessage);
        if (Volatile.Read(ref clientClosed) && answers.Length is 0)
            return ExitCodes.Done;

        TryWrite(output, answers);
        return ErrorOutput.Fail(
            "VP1902: The engine or the server behind it ended the connection. `vetopoint status` says whether the engine runs; "
            + "`vetopoint ledger tail` shows what was decided last. Start the client's server again to go on.",
            ExitCodes.Problem);
    }

    /// <returns>True when the client closed its side; false when the engine no longer takes bytes.</returns>
    private static bool CopyToEngine(Stream input, Socket engine, PendingRequests pending)
    {
        var buffer = new byte[Limits.CopyBytes];
        try
        {
            int count;
            while ((count = input.Read(buffer)) > 0)
            {
                // Remembered before it is sent: a response can then never overtake its own request.
                pending.Sent(buffer.AsSpan(0, count));
                SendAll(engine, buffer.AsSpan(0, count));
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            return false;
        }
    }

    /// <summary>Tells the engine that the client is done, and gives it a while to send the last results.</summary>
    private static void Drain(Socket engine, ManualResetEventSlim engineEnded)
    {
        try
        {
            engine.Shutdown(SocketShutdown.Send);
            if (!engineEnded.Wait(Limits.Drain))
                engine.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The engine was quicker: there is nothing left to end.
        }
    }

    /// <returns>True when the engine ended; false when the client no longer takes bytes.</returns>
    private static bool CopyToClient(Socket engine, Stream output, PendingRequests pending)
    {
        var buffer = new byte[Limits.CopyBytes];
        while (true)
        {
            int count;
            try
            {
                count = engine.Receive(buffer);
            }
            catch (SocketException)
            {
                return true;
            }

            if (count is 0)
                return true;
            pending.Received(buffer.AsSpan(0, count));
            if (!TryWrite(output, buffer.AsSpan(0, count)))
                return false;
        }
    }

    private static bool TryWrite(Stream output, ReadOnlySpan<byte> bytes)
    {
        try
        {
            output.Write(bytes);
            output.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void SendAll(Socket engine, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[engine.Send(bytes)..];
    }
}
