using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Approvals;

/// <summary>
/// What a statement is about: a subject in words, and a digest over exactly what is agreed to. Every kind of subject begins with
/// a word of its own, so that a statement about one kind can never stand for another (an agent's key for an approver's).
/// </summary>
/// <param name="Text">The subject, as a person reads it.</param>
/// <param name="Digest">SHA-256 in lower-case hexadecimal.</param>
public readonly record struct ApprovalSubject(string Text, string Digest)
{
    /// <summary>A held attempt. The digest covers its whole intent: bytes, operations, tool, reader and policy set.</summary>
    public static ApprovalSubject Attempt(Intent held)
    {
        ArgumentNullException.ThrowIfNull(held);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("vetopoint held attempt v1\n"u8);
        hash.AppendData(EntryEncoding.EncodeBody(held));
        return new ApprovalSubject($"attempt {held.Attempt}", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>A policy set, by its digest.</summary>
    /// <param name="digest">The set's digest.</param>
    /// <param name="allowsAutomatic">
    /// Whether edits activate themselves from then on. The digest covers it, so that the record cannot claim it of a set that a person
    /// activated without it.
    /// </param>
    public static ApprovalSubject PolicySet(string digest, bool allowsAutomatic = false) => new(
        $"policy-set {digest}",
        allowsAutomatic
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"vetopoint policy set whose edits activate themselves v1\n{digest}")))
            : digest);

    /// <summary>A tool's definition, by the definition's digest.</summary>
    public static ApprovalSubject Tool(string server, string tool, string definition) =>
        new($"tool {Part(server)}/{Part(tool)}", definition);

    /// <summary>An agent's bearer key, by the key's digest.</summary>
    public static ApprovalSubject AgentKey(string agent, string keyDigest) => new($"agent {agent}", keyDigest);

    /// <summary>A new approver. The digest covers the public key.</summary>
    public static ApprovalSubject Approver(string approver, EcdsaPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new($"approver {approver}", key.Digest);
    }

    /// <summary>A change of one of the record's keys. The digest covers the public half of the key that is given up.</summary>
    public static ApprovalSubject RecordKey(string key, string current) =>
        new($"record-key {key}", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"vetopoint record key v1\n{key}\n{current}"))));

    /// <summary>An operator's act, such as <c>server files</c> or <c>client claude</c>. There is nothing to bind beyond the words.</summary>
    public static ApprovalSubject Operator(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new($"operator {subject}", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject))));
    }

    /// <summary>What is kept of a task's calls. The digest covers why it is erased.</summary>
    public static ApprovalSubject Payloads(string task, string why) => new(
        $"payloads {task}", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"vetopoint erase payloads v1\n{task}\n{why}"))));

    /// <summary>What an operator's act that gives an agent a task is about: everything that was chosen, so that nothing can be put in its place.</summary>
    /// <param name="agent">Who gets it.</param>
    /// <param name="template">The mandate template.</param>
    /// <param name="values">What its parameters are filled in with.</param>
    public static string StartWords(string agent, string template, IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var words = new StringBuilder($"task of {Quoted(agent)} by {Quoted(template)}");
        foreach (var (name, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            words.Append(' ').Append(Quoted(name)).Append('=').Append(Quoted(value));
        return words.ToString();
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    // As in JSON Pointer (RFC 6901), so that no two pairs read alike.
    private static string Part(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
