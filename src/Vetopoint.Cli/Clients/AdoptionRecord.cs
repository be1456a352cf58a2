using System.Collections.Immutable;
using System.Text.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>What Vetopoint changed in one config file, so that it can be taken back. Kept in the home's <c>state/clients</c>.</summary>
/// <param name="Client">The client's id.</param>
/// <param name="OriginalDigest">SHA-256 of the file before; the backup has these bytes.</param>
/// <param name="AdoptedDigest">SHA-256 of the file after.</param>
internal sealed record AdoptionRecord(
    string Client, string File, string OriginalDigest, string AdoptedDigest, DateTimeOffset AdoptedAt, ImmutableArray<AdoptedEntry> Entries);

/// <summary>One entry as it was and as it became.</summary>
/// <param name="Path">The names from the file's root to the entry.</param>
/// <param name="Server">What Vetopoint calls the server.</param>
/// <param name="Original">The entry's JSON text before.</param>
/// <param name="Adopted">The entry's JSON text after.</param>
internal sealed record AdoptedEntry(ImmutableArray<string> Path, string Server, string Original, string Adopted);

/// <summary>The records of one home. They hold what the configs held, secrets too: the folder is for the owner only.</summary>
internal sealed class AdoptionRecords(string stateFolder)
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int NameDigits = 12;

    private readonly string _folder = Path.Combine(stateFolder, "clients");

    public string BackupFile(Client client, string file) => Path.Combine(_folder, $"{Name(client, file)}.original");

    /// <summary>The file's bytes from before; null when they are lost.</summary>
    public byte[]? Backup(Client client, string file)
    {
        var path = BackupFile(client, file);
        return File.Exists(path) ? ConfigFiles.Read(path) : null;
    }

    public AdoptionRecord? Find(Client client, string file)
    {
        var path = RecordFile(client, file);
        return File.Exists(path) ? Read(path) : null;
    }

    public IReadOnlyList<AdoptionRecord> All() =>
        Directory.Exists(_folder) ? [.. Directory.EnumerateFiles(_folder, "*.json").Order(StringComparer.Ordinal).Select(Read)] : [];

    /// <summary>Written before the client's file is: a crash between the two leaves a record that changes nothing.</summary>
    public void Write(Client client, AdoptionRecord record, byte[] original)
    {
        Directory.CreateDirectory(_folder, OwnerOnlyFolder);
        Put(BackupFile(client, record.File), original);
        Put(RecordFile(client, record.File), JsonSerializer.SerializeToUtf8Bytes(record, CliJson.Default.AdoptionRecord));
    }

    public void Remove(Client client, string file)
    {
        File.Delete(RecordFile(client, file));
        File.Delete(BackupFile(client, file));
    }

    private static void Put(string path, byte[] bytes) =>
        ConfigFiles.Replace(path, File.Exists(path) ? ConfigFiles.Read(path) : null, bytes);

    private static AdoptionRecord Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(ConfigFiles.Read(path), CliJson.Default.AdoptionRecord) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException e)
        {
            throw new CliException(
                "VP1304", $"The record `{path}` of an adopted client cannot be read: {e.Message}",
                "Put the client's servers back by hand: each adopted entry holds its own command after `--`. Then remove the record.", ExitCodes.Problem);
        }
    }

    private string RecordFile(Client client, string file) => Path.Combine(_folder, $"{Name(client, file)}.json");

    private static string Name(Client client, string file) =>
        $"{client.Id}-{ConfigFiles.Digest(System.Text.Encoding.UTF8.GetBytes(file))[..NameDigits]}";
}
