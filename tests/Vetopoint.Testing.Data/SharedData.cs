namespace Vetopoint.Testing.Data;

/// <summary>
/// Public data to test against, which is no part of this project and is never copied into it: it lies in a folder
/// <c>shared/data</c> beside or above the repository, and is read there.
/// </summary>
public static class SharedData
{
    /// <summary>Where a file of it lies, or null when it is not here; a test then says that it was skipped.</summary>
    /// <param name="relativePath">Such as <c>cedar/cedar-conformance.tar.xz</c>.</param>
    public static string? Find(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", relativePath);
            if (File.Exists(path))
                return path;
        }

        return null;
    }

    /// <summary>What a skipped test says.</summary>
    public static string Absent(string relativePath) =>
        $"Skipped: there is no data/{relativePath} in a folder `shared` beside or above this repository.";
}
