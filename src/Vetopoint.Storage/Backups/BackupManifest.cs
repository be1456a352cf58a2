using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Backups;

/// <summary>What a backup holds. It is written last, so a folder without it is no backup.</summary>
/// <param name="Ledger">The record's id.</param>
/// <param name="Position">How many entries.</param>
/// <param name="Running">The running hash over them, lower-case hexadecimal.</param>
/// <param name="MadeAt">When.</param>
/// <param name="WithKeys">True when private keys are in it.</param>
/// <param name="Files">Every other file, by its path in the backup, and its SHA-256.</param>
public sealed record BackupManifest(
    string Ledger, long Position, string Running, DateTimeOffset MadeAt, bool WithKeys, ImmutableSortedDictionary<string, string> Files)
{
    /// <summary>The manifest's own name.</summary>
    public const string FileName = "backup.json";

    private const int Version = 1;

    /// <summary>Reads the manifest of a backup, and holds every file to it.</summary>
    /// <exception cref="LedgerException">It is no backup, or is not as it was made.</exception>
    public static BackupManifest ReadAndCheck(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            throw Refused(folder, "it has no `backup.json`: it is none, or was cut off while it was made");
        BackupManifest manifest;
        try
        {
            manifest = Read(File.ReadAllBytes(file));
            var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).ToHashSet(StringComparer.Ordinal);
            found.Remove(FileName);
            foreach (var (path, digest) in manifest.Files)
            {
                // Only what lies in the folder can match: a path that leads elsewhere is never opened.
                if (!found.Remove(path))
                    throw Refused(folder, $"`{path}` is missing");
                if (!string.Equals(DigestOf(Path.Combine(folder, path)), digest, StringComparison.Ordinal))
                    throw Refused(folder, $"`{path}` was changed since");
            }

            if (found.Count > 0)
                throw Refused(folder, $"`{found.First()}` was added since");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new LedgerException($"{StorageCodes.BackupInvalid}: The backup `{folder}` cannot be read: {fault.Message} Use another one.", fault);
        }

        return manifest;
    }

    public static string DigestOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("ledger", Ledger);
            writer.WriteNumber("position", Position);
            writer.WriteString("running", Running);
            writer.WriteString("madeAt", MadeAt.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteBoolean("withKeys", WithKeys);
            writer.WriteStartObject("files");
            foreach (var (path, digest) in Files)
                writer.WriteString(path, digest);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a manifest alone.</summary>
    /// <exception cref="JsonException">It is none; other exceptions of JSON and formats as well.</exception>
    internal static BackupManifest Read(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != Version)
            throw new FormatException("its version is not known here; use a newer `vetopoint`.");
        return new BackupManifest(
            root.GetProperty("ledger").GetString()!, root.GetProperty("position").GetInt64(), root.GetProperty("running").GetString()!,
            DateTimeOffset.ParseExact(root.GetProperty("madeAt").GetString()!, "O", CultureInfo.InvariantCulture), root.GetProperty("withKeys").GetBoolean(),
            root.GetProperty("files").EnumerateObject().ToImmutableSortedDictionary(file => file.Name, file => file.Value.GetString()!, StringComparer.Ordinal));
    }

    internal static LedgerException Refused(string folder, string why) =>
        new($"{StorageCodes.BackupInvalid}: `{folder}` is not a whole backup: {why}. Use another one.");
}
