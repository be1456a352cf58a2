namespace Vetopoint.Identity;

/// <summary>Every limit of this project, in one place.</summary>
internal static class IdentityLimits
{
    /// <summary>Characters of a token that a workload brings, such as one of a Kubernetes service account.</summary>
    public const int SubjectTokenCharsMax = 16 * 1024;

    /// <summary>Characters of a task token.</summary>
    public const int TaskTokenCharsMax = 8 * 1024;

    /// <summary>Characters of a DPoP proof.</summary>
    public const int ProofCharsMax = 4 * 1024;

    /// <summary>Nested values in the JSON of a token. A chain of delegation is the deepest thing in one.</summary>
    public const int TokenDepthMax = 20;

    /// <summary>Characters of the id of a proof or an assertion.</summary>
    public const int TokenIdCharsMax = 256;

    /// <summary>Bytes of a request to the token service.</summary>
    public const int RequestBytesMax = 64 * 1024;

    /// <summary>Characters of <c>authorization_details</c>.</summary>
    public const int AuthorizationDetailsCharsMax = 8 * 1024;

    /// <summary>Characters of a purpose.</summary>
    public const int PurposeCharsMax = 500;

    /// <summary>Task tokens whose checked content is remembered.</summary>
    public const int RememberedTokensMax = 10_000;

    /// <summary>Public keys of proofs that are remembered, ready for use.</summary>
    public const int RememberedKeysMax = 4_096;

    /// <summary>Live tasks that are remembered for their tokens.</summary>
    public const int RememberedTasksMax = 20_000;

    /// <summary>Ids of proofs that are remembered in one span of <see cref="ProofAgeMax"/>.</summary>
    public const int ProofIdsMax = 1_000_000;

    /// <summary>The same of one key, so that one agent cannot take the room of all.</summary>
    public const int ProofIdsOfKeyMax = 200_000;

    /// <summary>Bytes of an issuer's discovery document or key set.</summary>
    public const int IssuerDocumentBytesMax = 256 * 1024;

    /// <summary>Keys in one set.</summary>
    public const int KeysOfIssuerMax = 64;

    /// <summary>Bytes of a trust bundle or a file of certificates.</summary>
    public const int TrustFileBytesMax = 1024 * 1024;

    /// <summary>How far clocks may differ.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromSeconds(15);

    /// <summary>How old a DPoP proof may be.</summary>
    public static readonly TimeSpan ProofAgeMax = TimeSpan.FromSeconds(45);

    /// <summary>How long a nonce is handed out; it is taken for as long again.</summary>
    public static readonly TimeSpan NonceAge = TimeSpan.FromSeconds(90);

    /// <summary>How long an assertion of an enrolled key may be good.</summary>
    public static readonly TimeSpan AssertionLifetimeMax = TimeSpan.FromMinutes(2);

    /// <summary>The longest a workload's own token may be good: a day, as Kubernetes gives them at most by default.</summary>
    public static readonly TimeSpan SubjectTokenLifetimeMax = TimeSpan.FromHours(24);

    /// <summary>A signing key is followed by another after this.</summary>
    public static readonly TimeSpan SigningKeyAgeMax = TimeSpan.FromDays(30);

    /// <summary>How long a followed key stays published: longer than any token it signed is good.</summary>
    public static readonly TimeSpan SigningKeyOverlap = TimeSpan.FromHours(1);

    /// <summary>How long an issuer may take to answer.</summary>
    public static readonly TimeSpan IssuerAnswerMax = TimeSpan.FromSeconds(5);

    /// <summary>How long an issuer's keys are taken without asking again.</summary>
    public static readonly TimeSpan IssuerKeysFresh = TimeSpan.FromMinutes(10);

    /// <summary>How long they are taken while the issuer does not answer.</summary>
    public static readonly TimeSpan IssuerKeysStaleMax = TimeSpan.FromHours(6);

    /// <summary>How soon an issuer is asked again: a token with an unknown key must not make every request ask.</summary>
    public static readonly TimeSpan IssuerAskedAgainAfter = TimeSpan.FromSeconds(10);
}
