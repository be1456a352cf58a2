using Vetopoint.Cedar.Values;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Agents;

/// <summary>How whoever works in a task proves itself. Zero is the weakest.</summary>
public enum Credential
{
    /// <summary>A bearer key: whoever has a copy of it is believed.</summary>
    Key = 0,

    /// <summary>A connection on this machine's own socket. There is nothing that could be copied.</summary>
    Local,

    /// <summary>A task token, with a proof made for each request by the private key it is bound to (RFC 9449).</summary>
    Dpop,

    /// <summary>A task token that is good only in a TLS connection of the certificate it is bound to (RFC 8705).</summary>
    Mtls,

    /// <summary>A person's signed statement, for an act on Vetopoint itself.</summary>
    Operator,
}

/// <summary>The names of credentials, as policies and the record have them.</summary>
internal static class CredentialNames
{
    private static readonly CedarRecord[] Records = [.. Enum.GetValues<Credential>().Select(
        credential => CedarRecord.Of(("kind", credential.ToName()), ("bound", credential.IsBound())))];

    public static string ToName(this Credential credential) => credential switch
    {
        Credential.Key => "key",
        Credential.Local => "local",
        Credential.Dpop => "dpop",
        Credential.Mtls => "mtls",
        Credential.Operator => "operator",
    };

    /// <summary>True when a copy of what is sent is of no use to anyone else.</summary>
    public static bool IsBound(this Credential credential) => credential != Credential.Key;

    /// <summary>As policies see it in <c>context.credential</c>.</summary>
    public static CedarRecord ToCedar(this Credential credential) => Records[(int)credential];

    /// <summary>
    /// The credential of a recorded task. Records from before it was written know two kinds. What this version does not know counts
    /// as the weakest.
    /// </summary>
    public static Credential Of(TaskOpened opened)
    {
        if (opened.Credential is null)
            return opened.KeyDigest is null ? Credential.Local : Credential.Key;
        foreach (var credential in Enum.GetValues<Credential>())
        {
            if (credential.ToName() == opened.Credential)
                return credential;
        }

        return Credential.Key;
    }
}
