using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using NSec.Cryptography;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Storage.Tokens;

/// <summary>
/// An Ed25519 key that never leaves its token. When the token goes away a signature fails, and the next one looks for it anew; another key in its place is refused.
/// What the token signs is verified before anyone sees it.
/// </summary>
internal sealed class TokenKey : ISigningKey
{
    // PKCS #11 3.0, 2.3.7 (Edwards curves): the package knows names of 2.40 only.
    private const ulong EdwardsKeyType = 0x40;
    private const ulong EddsaMechanism = 0x1057;
    private const int PublicKeyBytes = 32;

    private readonly TokenUri _uri;

    // Owned by who holds the lock.
    private readonly Lock _turn = new();
    private TokenModule? _module;
    private ISession? _session;
    private IObjectHandle? _private;
    private PublicKey? _known;
    // INVARIANT: a PIN that was refused is not tried again by this process: a token locks itself after a few.
    private bool _pinWasRefused;

    private TokenKey(TokenUri uri) => _uri = uri;

    public ReadOnlyMemory<byte> PublicKey { get; private set; }

    /// <summary>Finds the key and has it sign once.</summary>
    /// <exception cref="LedgerException">Module, token or key is away or refuses, or the PIN is wrong.</exception>
    public static TokenKey Open(TokenUri uri)
    {
        var key = new TokenKey(uri);
        try
        {
            key.Sign("vetopoint: does this token sign?"u8);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var bytes = message.ToArray();
        lock (_turn)
        {
            // A session that was open may be stale, as after a short power cut: one more is tried.
            if (_session is not null && TrySign(bytes, out var signature, out _))
                return signature;
            return TrySign(bytes, out signature, out var refused) ? signature : throw refused;
        }
    }

    public void Dispose()
    {
        lock (_turn)
            Disconnect();
    }

    private bool TrySign(byte[] message, out byte[] signature, out LedgerException refused)
    {
        (signature, refused) = ([], null!);
        try
        {
            if (_session is null)
                Connect();
            using var mechanism = TokenModule.Factories.MechanismFactory.Create(EddsaMechanism);
            signature = _session!.Sign(mechanism, _private!, message);
            if (SignatureAlgorithm.Ed25519.Verify(_known!, message, signature))
                return true;
            refused = Refused("what it signed does not fit its public key", "Make another key, or have the token looked at");
        }
        catch (LedgerException fault)
        {
            refused = fault;
        }
        catch (Pkcs11Exception fault)
        {
            refused = Refused($"it answers `{fault.RV}` ({fault.Method})", "Plug the token in, or start what it belongs to; the engine finds it by itself when it is running", fault);
        }
#pragma warning disable CA1031 // A module of any maker speaks here, and what it throws through the package has no common type. Each is a refusal, and is told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            refused = Refused($"the library `{_uri.ModulePath}` cannot be used: {fault.Message}", "Correct `module-path`", fault);
        }

        Disconnect();
        return false;
    }

    private void Connect()
    {
        _module = TokenModule.Take(_uri.ModulePath);
        var slot = FindSlot(_module.Library);
        _session = slot.OpenSession(SessionType.ReadOnly);
        if (_uri.Pin is { } pin)
            Login(slot, _session, pin);
        _private = FindOne(_session, CKO.CKO_PRIVATE_KEY, "private");
        var point = _session.GetAttributeValue(FindOne(_session, CKO.CKO_PUBLIC_KEY, "public"), [CKA.CKA_EC_POINT])[0].GetValueAsByteArray();

        // An OCTET STRING around the 32 bytes (PKCS #11 3.0), or the bytes alone (some modules).
        if (point is [0x04, PublicKeyBytes, ..] && point.Length == PublicKeyBytes + 2)
            point = point[2..];
        if (point.Length != PublicKeyBytes || !NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, point, KeyBlobFormat.RawPublicKey, out var known))
            throw Refused("its public key is no Ed25519 key", "Make one: `pkcs11-tool --keypairgen --key-type EC:edwards25519`");
        if (PublicKey.Length > 0 && !PublicKey.Span.SequenceEqual(point))
            throw Refused("another key lies there now", "Bring the right token back. A new key takes over only by `vetopoint keys rotate --log`");
        (PublicKey, _known) = (point, known);
    }

    private ISlot FindSlot(IPkcs11Library library)
    {
        ISlot? found = null;
        foreach (var slot in library.GetSlotList(SlotsType.WithTokenPresent))
        {
            if (!IsNamed(slot))
                continue;
            if (found is not null)
                throw Refused("there are several of that name", "Say its `serial`, too");
            found = slot;
        }

        return found ?? throw Refused("there is no such token", "Plug it in, or start what it belongs to, and check `token`, `serial` and `module-path`");
    }

    private bool IsNamed(ISlot slot)
    {
        try
        {
            var token = slot.GetTokenInfo();
            return (_uri.Token is null || string.Equals(token.Label.TrimEnd(), _uri.Token, StringComparison.Ordinal))
                && (_uri.Serial is null || string.Equals(token.SerialNumber.TrimEnd(), _uri.Serial, StringComparison.Ordinal));
        }
        catch (Pkcs11Exception)
        {
            // Another slot's token that says nothing, or was pulled out just now, is not the one.
            return false;
        }
    }

    private void Login(ISlot slot, ISession session, TokenPin source)
    {
        if (_pinWasRefused)
            throw WrongPin("it refused the PIN before, and it is not tried again before a restart");
        var flags = slot.GetTokenInfo().TokenFlags;
        if (flags.UserPinLocked || flags.UserPinFinalTry)
            throw WrongPin("its PIN is locked, or the next wrong one locks it, and the last try is left to you");
        var pin = source.Read();
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception fault) when (fault.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Another key of this process lies in the same token.
        }
        catch (Pkcs11Exception fault) when (fault.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_EXPIRED or CKR.CKR_PIN_LOCKED)
        {
            _pinWasRefused = true;
            throw WrongPin($"it refuses the PIN (`{fault.RV}`)");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private IObjectHandle FindOne(ISession session, CKO kind, string half)
    {
        var make = TokenModule.Factories.ObjectAttributeFactory;
        List<IObjectAttribute> wanted = [make.Create(CKA.CKA_CLASS, kind), make.Create(CKA.CKA_KEY_TYPE, EdwardsKeyType)];
        if (_uri.Object is not null)
            wanted.Add(make.Create(CKA.CKA_LABEL, _uri.Object));
        if (_uri.Id is not null)
            wanted.Add(make.Create(CKA.CKA_ID, _uri.Id));
        try
        {
            return session.FindAllObjects(wanted) switch
            {
                [var one] => one,
                [] => throw Refused($"it holds no {half} Ed25519 key of that name", "Check `object` and `id`, or make the key: `pkcs11-tool --keypairgen --key-type EC:edwards25519`"),
                _ => throw Refused($"it holds several {half} keys of that name", "Say the key's `id`, too"),
            };
        }
        finally
        {
            foreach (var attribute in wanted)
                attribute.Dispose();
        }
    }

    private void Disconnect()
    {
        var (session, module) = (_session, _module);
        (_module, _session, _private) = (null, null, null);
        LetGo(session);
        LetGo(module);
    }

    private static void LetGo(IDisposable? what)
    {
        try
        {
            what?.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // A token that is away cannot close what it was asked to; nothing of it is used any more.
        }
    }

    private LedgerException WrongPin(string what) => Refused(what, "Put the right PIN where `pin-source` says, log in once with the token's own tool if it counts tries, and restart the engine");

    private LedgerException Refused(string what, string help, Exception? fault = null) => new(
        $"{LedgerCodes.TokenRefused}: The log's key in the token `{_uri.Token ?? _uri.Serial}` cannot be used: {what}. {help}. Decisions do not need it once the engine runs, new checkpoints do.", fault!);
}
