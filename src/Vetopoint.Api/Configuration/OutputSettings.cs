using System.Collections.Frozen;

namespace Vetopoint.Api.Configuration;

/// <summary>Where the record's events go besides the record.</summary>
public abstract record OutputSettings
{
    private protected OutputSettings() { }
}

/// <summary>A file with one event per line.</summary>
/// <param name="Path">Absolute.</param>
public sealed record FileOutput(string Path) : OutputSettings;

/// <summary>An HTTP endpoint that events are posted to.</summary>
/// <param name="Headers">Sent with every request. Values may hold <c>${NAME}</c>; they may be secrets.</param>
/// <param name="AsArray">True posts a JSON array, false one object per line.</param>
public sealed record HttpOutput(Uri Url, FrozenDictionary<string, string> Headers, bool AsArray) : OutputSettings;

/// <summary>A syslog receiver.</summary>
/// <param name="Transport"><c>udp</c>, <c>tcp</c> or <c>tls</c>.</param>
public sealed record SyslogOutput(string Transport, string Host, int Port) : OutputSettings;
