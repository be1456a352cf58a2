using System.Diagnostics;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Vetopoint.Storage.Tokens;

namespace Vetopoint.Storage.Tests.Keys;

/// <summary>A token of SoftHSM in a folder of its own, with Ed25519 keys that the token makes. A process has one SoftHSM, so tests with tokens run one after another.</summary>
internal sealed class TemporaryToken : IDisposable
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";

    public const string Pin = "48213";

    private const ulong EdwardsKeyType = 0x40;
    private const ulong MakesEdwardsPair = 0x1055;
    private static readonly byte[] Edwards25519 = [0x13, 0x0c, .. "edwards25519"u8];

    private readonly string _root = Directory.CreateTempSubdirectory("vetopoint-token-").FullName;

    public TemporaryToken()
    {
        Directory.CreateDirectory(Tokens);
        File.WriteAllText(Config, $"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        Assert.Equal(0, SetVariable("SOFTHSM2_CONF", Config, 1));
        MakeToken();
        WritePin(Pin);
    }

    public string Label { get; } = "vetopoint";

    public string PinFile => Path.Combine(_root, "pin");

    private string Tokens => Path.Combine(_root, "tokens");

    private string Away => Path.Combine(_root, "away");

    private string Config => Path.Combine(_root, "softhsm2.conf");

    public string Uri(string name, string? module = null) => $"pkcs11:token={Label};object={name}?module-path={module ?? Module}&pin-source=file:{PinFile}";

    public void WritePin(string pin)
    {
        File.WriteAllText(PinFile, pin + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Another token of the same name, empty.</summary>
    public void MakeToken() => Run("softhsm2-util", "--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", "9731");

    public string Serial()
    {
        using var module = TokenModule.Take(Module);
        return module.Library.GetSlotList(SlotsType.WithTokenPresent).Select(slot => slot.GetTokenInfo()).Single(token => token.Label.TrimEnd() == Label).SerialNumber.Trim();
    }

    /// <summary>Pulls the token out: its files are gone, and what the module holds open says so at the next use.</summary>
    public void PullOut() => Directory.Move(Tokens, Away);

    public void PlugIn() => Directory.Move(Away, Tokens);

    public void MakeKey(string name)
    {
        using var module = TokenModule.Take(Module);
        var slot = module.Library.GetSlotList(SlotsType.WithTokenPresent).Single(slot => slot.GetTokenInfo().Label.TrimEnd() == Label);
        using var session = slot.OpenSession(SessionType.ReadWrite);
        var loggedIn = Login(session);
        var make = TokenModule.Factories.ObjectAttributeFactory;
        using var mechanism = TokenModule.Factories.MechanismFactory.Create(MakesEdwardsPair);
        session.GenerateKeyPair(
            mechanism,
            [make.Create(CKA.CKA_KEY_TYPE, EdwardsKeyType), make.Create(CKA.CKA_TOKEN, true), make.Create(CKA.CKA_LABEL, name), make.Create(CKA.CKA_VERIFY, true), make.Create(CKA.CKA_EC_PARAMS, Edwards25519)],
            [make.Create(CKA.CKA_KEY_TYPE, EdwardsKeyType), make.Create(CKA.CKA_TOKEN, true), make.Create(CKA.CKA_PRIVATE, true), make.Create(CKA.CKA_LABEL, name), make.Create(CKA.CKA_SIGN, true)],
            out _,
            out _);
        if (loggedIn)
            session.Logout();
    }

    public void Remove(string name)
    {
        using var module = TokenModule.Take(Module);
        var slot = module.Library.GetSlotList(SlotsType.WithTokenPresent).Single(slot => slot.GetTokenInfo().Label.TrimEnd() == Label);
        using var session = slot.OpenSession(SessionType.ReadWrite);
        Login(session);
        foreach (var key in session.FindAllObjects([TokenModule.Factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, name)]))
            session.DestroyObject(key);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>False when another session of this process had: its state is left alone.</summary>
    private static bool Login(ISession session)
    {
        try
        {
            session.Login(CKU.CKU_USER, Pin);
            return true;
        }
        catch (Pkcs11Exception fault) when (fault.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            return false;
        }
    }

    private void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOFTHSM2_CONF"] = Config;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }

    /// <summary>The module reads the process's own environment, of which .NET changes only a copy.</summary>
    [DllImport("libc", EntryPoint = "setenv", BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
