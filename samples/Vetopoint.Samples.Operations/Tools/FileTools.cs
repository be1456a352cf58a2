using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Vetopoint.Samples.Operations.Company;

namespace Vetopoint.Samples.Operations.Tools;

/// <summary>Tools over the folder of files.</summary>
[McpServerToolType]
internal sealed class FileTools(Area area)
{
    [McpServerTool(Name = "read_file", ReadOnly = true, OpenWorld = false)]
    [Description("Reads a text file from the folder of files.")]
    public string ReadFile([Description("The file, relative to the folder of files.")] string path) =>
        File.ReadAllText(Existing(path));

    [McpServerTool(Name = "write_file", Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Writes a text file into the folder of files; a file of that name is replaced.")]
    public FileWritten WriteFile(
        [Description("The file, relative to the folder of files.")] string path,
        [Description("The whole new content.")] string content)
    {
        var full = area.FilePath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var replaced = File.Exists(full);
        File.WriteAllText(full, content);
        return new FileWritten(path, new FileInfo(full).Length, replaced);
    }

    [McpServerTool(Name = "delete_file", Destructive = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes a file from the folder of files.")]
    public FileDeleted DeleteFile([Description("The file, relative to the folder of files.")] string path)
    {
        var full = Existing(path);
        var bytes = new FileInfo(full).Length;
        File.Delete(full);
        return new FileDeleted(path, bytes);
    }

    private string Existing(string path)
    {
        var full = area.FilePath(path);
        return File.Exists(full) ? full : throw new McpException($"There is no file `{path}`.");
    }
}
