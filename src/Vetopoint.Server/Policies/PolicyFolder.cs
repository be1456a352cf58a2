using System.Collections.Immutable;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Homes;
using Vetopoint.Control;
using Vetopoint.Control.Policies;

namespace Vetopoint.Server.Policies;

/// <summary>The files of a policy set as they are on disk now.</summary>
internal sealed class PolicyFolder(HomeDirectory home)
{
    private const string Policies = "policies/";
    private const string Templates = "mandates";

    /// <summary>The folder of mandate templates.</summary>
    public string TemplatesFolder => Path.Combine(Folder, Templates);

    /// <summary>The folder that the config as written names; the default one when the config cannot be read.</summary>
    public string Folder => ConfigFile.Load(home.ConfigFile, home.Root).Settings?.Policies.Folder ?? home.PoliciesFolder;

    public string Config => home.ConfigFile;

    /// <summary>Reads config, contract and policies.</summary>
    /// <exception cref="ProblemException">A file is missing, unreadable or too large.</exception>
    public ImmutableArray<PolicyFile> Read()
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var files = ImmutableArray.CreateBuilder<PolicyFile>();
        var room = ControlLimits.PolicySetBytesMax;
        var folder = Folder;
        ReadFile(home.ConfigFile, PolicySetLoader.ConfigName, "Make one with `vetopoint init`.");
        ReadFile(Path.Combine(folder, Path.GetFileName(PolicySetLoader.SchemaName)), PolicySetLoader.SchemaName,
            "It is the contract between Vetopoint and every policy; `vetopoint init` writes it.");
        foreach (var path in PathsIn(folder, ".cedar"))
            ReadFile(path, Policies + Path.GetFileName(path), "");
        foreach (var path in PathsIn(Path.Combine(folder, Templates), PolicySetLoader.TemplateExtension))
            ReadFile(path, PolicySetLoader.TemplateFolder + Path.GetFileName(path), "");
        return problems.Count == 0 ? files.ToImmutable() : throw new ProblemException(problems.ToImmutable());

        void ReadFile(string path, string name, string help)
        {
            try
            {
                if (new FileInfo(path).Length > room)
                {
                    problems.Add(new Problem("VP1011", path, 0, 0,
                        $"With `{path}` the policy set is larger than {ControlLimits.PolicySetBytesMax} bytes.", "Remove what is not needed."));
                    return;
                }

                var content = File.ReadAllBytes(path);
                room -= content.Length;
                files.Add(new PolicyFile(name, content));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                problems.Add(new Problem("VP1010", path, 0, 0,
                    fault is FileNotFoundException or DirectoryNotFoundException
                        ? $"There is no file `{path}`."
                        : $"The file `{path}` cannot be read: {fault.Message}",
                    help));
            }
        }
    }

    /// <summary>
    /// The files at start. Files that cannot be read keep a home without an active set from starting, not one with: the active set
    /// is kept in the state.
    /// </summary>
    /// <param name="unreadable">Why they cannot be read; null when they can.</param>
    public ImmutableArray<PolicyFile> ReadAtStart(out ProblemException? unreadable)
    {
        unreadable = null;
        try
        {
            return Read();
        }
        catch (ProblemException problems)
        {
            unreadable = problems;
            return [];
        }
    }

    private static IEnumerable<string> PathsIn(string folder, string extension) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + extension)
                .Where(path => path.EndsWith(extension, StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith('.'))
                .Take(ControlLimits.PolicyFilesMax + 1)
                .Order(StringComparer.Ordinal)
            : [];
}
