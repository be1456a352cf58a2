using System.Text;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>Moves servers over HTTP into vetopoint.json, which stays as written but for the entries that are added.</summary>
internal sealed class Upstreams
{
    private readonly HomeDirectory _home;
    private readonly byte[] _before;
    private byte[] _written;
    private byte[] _bytes;

    public Upstreams(HomeDirectory home)
    {
        _home = home;
        _before = _written = _bytes = ConfigFiles.Read(home.ConfigFile);
    }

    public bool Changed => !ReferenceEquals(_before, _bytes);

    /// <summary>Adds one server.</summary>
    /// <returns>Null when it was added or is there already; else why not.</returns>
    public string? Add(string name, string upstream)
    {
        try
        {
            var root = JsonText.Parse(_bytes);
            if (root.Find("mcpServers")?.Find(name) is { } present)
            {
                return present.Says(JsonText.Parse(Encoding.UTF8.GetBytes(upstream)))
                    ? null
                    : $"vetopoint.json has another server called `{name}`";
            }

            var edit = root.Find("mcpServers") is { } servers
                ? JsonWriting.Append(_bytes, servers, name, upstream)
                : JsonWriting.Append(_bytes, root, "mcpServers", $"{{ {JsonWriting.Quote(name)}: {upstream} }}");
            var edited = TextEdit.Apply(_bytes, [edit]);
            if (NewProblem(edited) is { } problem)
                return $"{problem.Message} {problem.Help}".TrimEnd();
            _bytes = edited;
            return null;
        }
        catch (JsonFormatException e)
        {
            return $"vetopoint.json cannot be edited (line {e.Line}: {e.Message})";
        }
    }

    /// <summary>Writes what was added since the last time.</summary>
    public void Write()
    {
        if (ReferenceEquals(_written, _bytes))
            return;
        ConfigFiles.RequirePlain(_home.ConfigFile);
        ConfigFiles.Replace(_home.ConfigFile, _written, _bytes);
        _written = _bytes;
    }

    private Problem? NewProblem(byte[] edited)
    {
        var known = Check(_bytes).Select(problem => problem.Message).ToHashSet(StringComparer.Ordinal);
        return Check(edited).FirstOrDefault(problem => !known.Contains(problem.Message));
    }

    private System.Collections.Immutable.ImmutableArray<Problem> Check(byte[] bytes) => ConfigFile.Check(_home.ConfigFile, bytes, _home.Root).Problems;
}
