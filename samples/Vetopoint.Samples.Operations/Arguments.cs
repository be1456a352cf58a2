using System.Globalization;

namespace Vetopoint.Samples.Operations;

/// <summary>What the command line asks for.</summary>
/// <param name="Data">Where databases and files are; filled when empty.</param>
/// <param name="HttpPort">The loopback port for Streamable HTTP, 0 for a free one; null for stdio.</param>
/// <param name="LegacySse">Offers the HTTP+SSE transport of 2024 as well, at <c>/mcp/sse</c>.</param>
/// <param name="SeedOnly">Fills the folder and exits.</param>
internal sealed record Arguments(string Data, int? HttpPort, bool LegacySse, bool SeedOnly)
{
    public const string Usage = """
        Usage: operations-server --data DIR [--http PORT [--sse]] [--seed]

          --data DIR    where databases and files are; filled when empty
          --http PORT   serve Streamable HTTP on 127.0.0.1 at /mcp instead of stdio; 0 takes a free port
          --sse         with --http: offer the legacy HTTP+SSE transport at /mcp/sse too
          --seed        fill the folder and exit
        """;

    /// <summary>Null when the arguments cannot be read; the caller shows <see cref="Usage"/>.</summary>
    public static Arguments? Parse(IReadOnlyList<string> args)
    {
        var result = new Arguments("", null, LegacySse: false, SeedOnly: false);
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--data" when i + 1 < args.Count:
                    result = result with { Data = args[++i] };
                    break;
                case "--http" when i + 1 < args.Count
                    && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    && port <= ushort.MaxValue:
                    result = result with { HttpPort = port };
                    i++;
                    break;
                case "--sse":
                    result = result with { LegacySse = true };
                    break;
                case "--seed":
                    result = result with { SeedOnly = true };
                    break;
                default:
                    return null;
            }
        }

        return result.Data.Length > 0 && (!result.LegacySse || result.HttpPort is not null) ? result : null;
    }
}
