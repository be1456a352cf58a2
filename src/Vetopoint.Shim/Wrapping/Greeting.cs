using System.Buffers;
using System.Collections;
using System.Text.Json;

namespace Vetopoint.Shim.Wrapping;

/// <summary>The first line each way on <c>stdio.sock</c>: what the client wants governed, and whether the engine takes it.</summary>
internal static class Greeting
{
    private const int Version = 1;

    /// <summary>
    /// One line of JSON. For a command it carries the client's directory and environment, because the engine starts the
    /// server as the client would have: with these, and with nothing of its own.
    /// </summary>
    public static byte[] Encode(WrapArguments arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("kind", arguments.Server is null ? "wrap" : "server");
            if (arguments.Server is { } server)
            {
                json.WriteString("server", server);
            }
            else
            {
                json.WriteString("name", arguments.Name);
                json.WriteStartArray("command");
                foreach (var word in arguments.Command)
                    json.WriteStringValue(word);
                json.WriteEndArray();
                json.WriteString("cwd", Environment.CurrentDirectory);
                WriteEnvironment(json);
            }

            if (ClientName() is { } client)
                json.WriteString("client", client);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the engine's answer.</summary>
    /// <exception cref="ShimException">The engine refused, or what came is not an answer.</exception>
    public static void Check(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.TryGetProperty("ok", out var ok) && ok.ValueKind is JsonValueKind.True)
                return;
            throw new ShimException($"{Text(root, "code") ?? "VP1905"}: {Text(root, "message") ?? "The engine refused this server."}", ExitCodes.Problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ShimException(
                "VP1904: What answers on the engine's socket is not an engine of this version. Run `vetopoint doctor`.", ExitCodes.EngineUnreachable);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? Visible(value.GetString()!) : null;

    /// <summary>Control characters could rewrite the terminal of whoever reads the client's log.</summary>
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '·' : c));

    private static void WriteEnvironment(Utf8JsonWriter json)
    {
        json.WriteStartObject("env");
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            json.WriteString((string)variable.Key, (string?)variable.Value ?? string.Empty);
        json.WriteEndObject();
    }

    /// <summary>The name of the process that started us, for the record; it is a hint and nothing trusts it.</summary>
    private static string? ClientName()
    {
        try
        {
            // The parent's id follows the name, which stands in parentheses and may contain any character.
            var stat = File.ReadAllText("/proc/self/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return File.ReadAllText($"/proc/{fields[1]}/comm").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
