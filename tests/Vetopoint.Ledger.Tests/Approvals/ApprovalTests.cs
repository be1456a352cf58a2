using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Approvals;

public sealed class ApprovalTests
{
    private const string Words = "granite otter lamp";

    [Fact]
    public void A_signed_statement_is_read_back_by_its_key()
    {
        using var key = ApproverKey.Create();
        var statement = Statement();

        var proof = statement.Sign(key);

        Assert.True(ApprovalStatement.TryVerify(proof, key.Public, out var read, out _));
        Assert.Equal(statement, read);
        Assert.True(read!.IsAbout(ApprovalAct.Approve, ApprovalSubject.Attempt(SampleBodies.Held("t.2"))));
    }

    [Fact]
    public void A_proof_by_another_key_does_not_hold()
    {
        using var key = ApproverKey.Create();
        using var other = ApproverKey.Create();
        var proof = Statement().Sign(other);

        Assert.False(ApprovalStatement.TryVerify(proof, key.Public, out var statement, out var problem));
        Assert.Null(statement);
        Assert.StartsWith("VP7902", problem, StringComparison.Ordinal);
        Assert.False(ApprovalStatement.TryVerify(proof with { KeyId = key.Public.Id }, key.Public, out _, out _));
    }

    [Fact]
    public void A_proof_does_not_hold_after_any_changed_byte()
    {
        using var key = ApproverKey.Create();
        var proof = Statement().Sign(key);
        var statement = Convert.FromBase64String(proof.Statement);
        var signature = Convert.FromBase64String(proof.Signature);

        for (var at = 0; at < statement.Length; at++)
        {
            statement[at] ^= 1;
            Assert.False(ApprovalStatement.TryVerify(
                proof with { Statement = Convert.ToBase64String(statement) }, key.Public, out _, out _));
            statement[at] ^= 1;
        }

        for (var at = 0; at < signature.Length; at++)
        {
            signature[at] ^= 1;
            Assert.False(ApprovalStatement.TryVerify(
                proof with { Signature = Convert.ToBase64String(signature) }, key.Public, out _, out _));
            signature[at] ^= 1;
        }
    }

    [Fact]
    public void A_signature_without_the_prefix_of_statements_does_not_hold()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = EcdsaPublicKey.TryParse(Convert.ToBase64String(pair.ExportSubjectPublicKeyInfo()), out _)!;
        var statement = Statement().Encode();
        var proof = new ProofEntry(
            Convert.ToBase64String(statement), Convert.ToBase64String(pair.SignData(statement, HashAlgorithmName.SHA256)), key.Id);

        Assert.False(ApprovalStatement.TryVerify(proof, key, out _, out _));
    }

    [Theory]
    [InlineData("not base64 at all")]
    [InlineData("e30= ")]
    [InlineData("e31=")]
    public void A_statement_in_another_spelling_of_base64_does_not_hold(string text)
    {
        using var key = ApproverKey.Create();
        Assert.False(ApprovalStatement.TryVerify(Statement().Sign(key) with { Statement = text }, key.Public, out _, out _));
    }

    [Theory]
    [InlineData("""{"act":"approve"}""", "the member `approver` is missing")]
    [InlineData("""{"act":"Approve","approver":"a"}""", "its act `Approve` is not known here")]
    [InlineData("""{"act":"all","approver":"a"}""", "its act `all` is not known here")]
    [InlineData("[]", "an object is expected")]
    [InlineData("", "VP6003")]
    public void Bytes_that_are_no_statement_are_refused(string bytes, string message)
    {
        var refused = Assert.Throws<LedgerException>(() => ApprovalStatement.Decode(Encoding.UTF8.GetBytes(bytes)));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_with_a_space_or_another_member_is_refused()
    {
        var text = Encoding.UTF8.GetString(Statement().Encode());

        Assert.Contains("VP6004", Refusal(text.Replace(":2,", ": 2,", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("`x`", Refusal(text.Replace("\"v\":1", "\"v\":1,\"x\":1", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("version", Refusal(text.Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_opens_with_its_passphrase_only()
    {
        using var key = ApproverKey.Create();
        var pem = key.ExportEncrypted(Words);

        using var opened = ApproverKey.TryOpen(pem, Words);

        Assert.Equal(key.Public.Id, opened!.Public.Id);
        Assert.Null(ApproverKey.TryOpen(pem, Words + "s"));
        Assert.Null(ApproverKey.TryOpen("no key", Words));
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", pem, StringComparison.Ordinal);
        Assert.Throws<LedgerException>(() => key.ExportEncrypted("password1234"));
    }

    [Fact]
    public void A_private_key_is_stored_with_600_000_rounds_of_SHA_256()
    {
        using var key = ApproverKey.Create();
        var der = Convert.FromBase64String(string.Concat(key.ExportEncrypted(Words).Split('\n').Where(line => !line.StartsWith('-'))));

        Assert.Contains("0203" + "0927c0", Convert.ToHexStringLower(der), StringComparison.Ordinal);      // INTEGER 600000
        Assert.Contains("2a864886f70d0209", Convert.ToHexStringLower(der), StringComparison.Ordinal);     // hmacWithSHA256
        Assert.Contains("60864801650304012a", Convert.ToHexStringLower(der), StringComparison.Ordinal);   // aes256-CBC
    }

    [Fact]
    public void The_id_of_a_key_is_the_start_of_the_digest_of_its_public_key()
    {
        using var key = ApproverKey.Create();
        var digest = Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(key.Public.Text)));

        Assert.Equal(digest[..16], key.Public.Id);
        Assert.Equal(key.Public.Id, EcdsaPublicKey.TryParse(key.Public.Text, out _)!.Id);
    }

    [Fact]
    public void A_key_on_another_curve_or_in_another_spelling_is_refused()
    {
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = ApproverKey.Create();

        Assert.Null(EcdsaPublicKey.TryParse(Convert.ToBase64String(wide.ExportSubjectPublicKeyInfo()), out var problem));
        Assert.StartsWith("VP7901", problem, StringComparison.Ordinal);
        Assert.Null(EcdsaPublicKey.TryParse(key.Public.Text + " ", out _));
        Assert.Null(EcdsaPublicKey.TryParse(Convert.ToBase64String([.. Convert.FromBase64String(key.Public.Text), 0]), out _));
        Assert.Null(EcdsaPublicKey.TryParse("?", out _));
    }

    [Fact]
    public void The_subject_of_an_attempt_changes_with_everything_in_its_intent()
    {
        var held = SampleBodies.Held("t.2");
        Intent[] others =
        [
            held with { Attempt = "t.3" },
            held with { FormDigest = new string('c', 64) },
            held with { ActionDigest = new string('c', 64) },
            held with { PolicySet = new string('c', 64) },
            held with { Reader = "mcp/2" },
            held with { Tool = null },
            held with { Server = "other" },
            held with { Form = "limited" },
            held with { Rung = 3 },
            held with { Operations = [held.Operations[0]] },
        ];

        Assert.Equal(others.Length + 1, others.Append(held).Select(ApprovalSubject.Attempt).Select(subject => subject.Digest).Distinct().Count());
    }

    [Fact]
    public void No_two_kinds_of_subject_read_alike()
    {
        using var key = ApproverKey.Create();
        string[] texts =
        [
            ApprovalSubject.AgentKey("bob", key.Public.Digest).Text,
            ApprovalSubject.Approver("bob", key.Public).Text,
            ApprovalSubject.PolicySet("bob").Text,
            ApprovalSubject.Operator("bob").Text,
            ApprovalSubject.Tool("a/b", "c", "d").Text,
            ApprovalSubject.Tool("a", "b/c", "d").Text,
            ApprovalSubject.Tool("a~1b", "c", "d").Text,
        ];
        Assert.Equal(texts.Length, texts.Distinct().Count());
    }

    [Fact]
    public void Every_act_has_a_name_and_nothing_else_has()
    {
        foreach (var act in Enum.GetValues<ApprovalAct>())
        {
            Assert.True(ApprovalActNames.TryParse(act.ToName(), out var parsed));
            Assert.Equal(act, parsed);
        }

        Assert.False(ApprovalActNames.TryParse("", out var none));
        Assert.Equal(ApprovalAct.Deny, none);
    }

    [Fact]
    public void Challenges_do_not_repeat()
    {
        Assert.Equal(64, ApprovalStatement.NewChallenge().Length);
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => ApprovalStatement.NewChallenge()).Distinct().Count());
    }

    [Fact]
    public void A_statement_is_bound_to_what_was_shown()
    {
        Assert.True(Statement().Shows("shown"u8));
        Assert.False(Statement().Shows("shown "u8));
        Assert.False(Statement().Shows(""u8));
    }

    private static ApprovalStatement Statement() => ApprovalStatement.For(
        ApprovalAct.Approve, ApprovalSubject.Attempt(SampleBodies.Held("t.2")), 2, "challenge", SampleBodies.Time, "ada", "shown"u8);

    private static string Refusal(string text) =>
        Assert.Throws<LedgerException>(() => ApprovalStatement.Decode(Encoding.UTF8.GetBytes(text))).Message;
}
