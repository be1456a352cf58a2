namespace Vetopoint.Cli.Json;

/// <summary>A file is not JSON that can be edited safely.</summary>
internal sealed class JsonFormatException(string message, int line, int column) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}
