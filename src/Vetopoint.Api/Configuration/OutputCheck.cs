using System.Collections.Immutable;

namespace Vetopoint.Api.Configuration;

/// <summary>Checks one entry of <c>outputs</c>.</summary>
internal static class OutputCheck
{
    private static readonly ImmutableArray<string> Kinds = ["file", "http", "syslog"];

    /// <summary>The ports of syslog: over UDP and TCP, and over TLS.</summary>
    private const int PlainPort = 514;
    private const int TlsPort = 6514;

    public static OutputSettings? Check(ConfigObject outputs, ConfigMember member, string homeFolder)
    {
        var output = outputs.Child(member, [.. Kinds, "headers", "body"]);
        var kinds = Kinds.Where(kind => output.Find(kind) is not null).ToList();
        if (kinds.Count != 1)
        {
            output.Report("VP1005", member.Offset, $"The output `{member.Name}` has to have one of `file`, `http` and `syslog`.",
                "Set `file` to a path, `http` to an address, or `syslog` to an address such as `tcp://127.0.0.1:514`.");
            return null;
        }

        if (kinds[0] != "http")
        {
            foreach (var key in (ReadOnlySpan<string>)["headers", "body"])
            {
                if (output.Find(key) is { } node)
                    output.Report("VP1008", node.Offset, $"`{output.PathOf(key)}` means nothing for an output that is not `http`.", "Remove it.");
            }
        }

        if (output.Text(kinds[0]) is not { } written)
            return null;
        return kinds[0] switch
        {
            "file" => File(output, written, homeFolder),
            "http" => Http(output, written),
            _ => Syslog(output, written),
        };
    }

    private static FileOutput? File(ConfigObject output, string written, string homeFolder)
    {
        if (!ValueCheck.NoPlaceholder(output, "file", written))
            return null;
        if (written.Length > 0 && !written.EndsWith('/') && !written.Contains('\0', StringComparison.Ordinal))
            return new FileOutput(Path.GetFullPath(written, homeFolder));
        output.Report("VP1006", output.Find("file")!.Offset, $"`{output.PathOf("file")}` names no file.", "Give a path; a relative one starts in the home folder.");
        return null;
    }

    private static HttpOutput? Http(ConfigObject output, string written)
    {
        var asArray = output.Choice("body", ["lines", "array"]) == "array";
        var headers = ValueCheck.Headers(output);
        return ValueCheck.Address(output, "http", written) is { } url ? new HttpOutput(url, headers, asArray) : null;
    }

    private static SyslogOutput? Syslog(ConfigObject output, string written)
    {
        if (!ValueCheck.NoPlaceholder(output, "syslog", written))
            return null;
        if (Uri.TryCreate(written, UriKind.Absolute, out var address) && address.Scheme is "udp" or "tcp" or "tls"
            && address.Host.Length > 0 && address.PathAndQuery is "" or "/" && address.UserInfo.Length == 0 && address.Fragment.Length == 0)
        {
            var port = address.Port > 0 ? address.Port : address.Scheme == "tls" ? TlsPort : PlainPort;
            return new SyslogOutput(address.Scheme, address.IdnHost, port);
        }

        output.Report("VP1006", output.Find("syslog")!.Offset, $"`{output.PathOf("syslog")}` is not an address of a syslog receiver.",
            "Give `udp://`, `tcp://` or `tls://` with a host and, unless it is the usual one, a port: `tcp://127.0.0.1:514`.");
        return null;
    }
}
