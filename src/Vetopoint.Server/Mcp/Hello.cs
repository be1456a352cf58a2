using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Vetopoint.Api;
using Vetopoint.Api.Messages;

namespace Vetopoint.Server.Mcp;

/// <summary>The greeting on the stdio socket: one line each way, before the first line of MCP.</summary>
internal static class Hello
{
    private const int Version = 1;

    /// <exception cref="ProblemException">The line is too long, or not a greeting of this version.</exception>
    /// <returns>Null when the client left before it had said anything whole.</returns>
    public static async Task<StdioHello?> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end).ToArray();
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return Parse(line);
            }

            if (read.Buffer.Length > ServerLimits.HelloBytesMax)
                throw Refused("VP5111", $"The greeting is longer than {ServerLimits.HelloBytesMax} bytes.", "");
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    public static async Task AnswerAsync(PipeWriter output, StdioAnswer answer, CancellationToken cancellationToken)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Default.StdioAnswer);
        output.Write(line);
        output.Write("\n"u8);
        await output.FlushAsync(cancellationToken);
    }

    private static StdioHello Parse(byte[] line)
    {
        StdioHello? hello;
        try
        {
            hello = JsonSerializer.Deserialize(line, ApiJson.Default.StdioHello);
        }
        catch (JsonException wrong)
        {
            throw Refused("VP5110", $"The greeting is not one this engine understands (at `{wrong.Path}`).", OtherVersion);
        }

        if (hello is null || hello.V != Version)
            throw Refused("VP5110", "The greeting is of a version this engine does not know.", OtherVersion);
        var whole = hello.Kind switch
        {
            "wrap" => hello is { Name.Length: > 0, Command: { IsDefaultOrEmpty: false } command, Cwd.Length: > 0, Env: not null, Server: null }
                && command[0].Length > 0,
            "server" => hello is { Server.Length: > 0, Name: null, Command: null, Cwd: null, Env: null },
            _ => false,
        };
        return whole ? hello : throw Refused("VP5110", "The greeting does not say which server is wanted.", OtherVersion);
    }

    private const string OtherVersion = "Engine and client may be of different versions: stop the engine with `vetopoint stop` and try again.";

    private static ProblemException Refused(string code, string message, string help) => new(new Problem(code, null, 0, 0, message, help));
}
