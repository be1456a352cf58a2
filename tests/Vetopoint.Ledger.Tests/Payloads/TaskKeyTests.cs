using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Ledger.Tests.Payloads;

/// <summary>What a task's key binds, hides and opens.</summary>
public sealed class TaskKeyTests
{
    private static readonly TaskKey Key = TaskKey.Draw();

    [Fact]
    public void A_commitment_cannot_be_confirmed_by_hashing_guesses_without_the_key()
    {
        var guess = SHA256.HashData("""{"name":"Ada"}"""u8);
        var commitment = Key.Commit(3, CommittedBytes.Request, guess);

        Assert.NotEqual(Convert.ToHexStringLower(guess), commitment);
        Assert.NotEqual(commitment, TaskKey.Draw().Commit(3, CommittedBytes.Request, guess));
        Assert.NotEqual(commitment, Commitment.Of(CommittedBytes.Request, new byte[Commitment.SaltBytes], guess));
        Assert.Equal(commitment, TaskKey.Of(Key.ToBytes()).Commit(3, CommittedBytes.Request, guess)); // with it, it can
    }

    [Fact]
    public void The_salt_of_one_commitment_opens_no_other()
    {
        var bytes = "exact bytes"u8;
        var digest = SHA256.HashData(bytes);
        var form = Key.SaltOf(3, CommittedBytes.Form);

        Assert.True(Commitment.Opens(Key.Commit(3, CommittedBytes.Form, digest), CommittedBytes.Form, form, bytes));
        Assert.False(Commitment.Opens(Key.Commit(3, CommittedBytes.Request, digest), CommittedBytes.Request, form, bytes));
        Assert.False(Commitment.Opens(Key.Commit(4, CommittedBytes.Form, digest), CommittedBytes.Form, form, bytes));
        Assert.False(Commitment.Opens(Key.Commit(3, CommittedBytes.Form, digest), CommittedBytes.Form, form, "other bytes"u8));
        Assert.False(Commitment.Opens(Key.Commit(3, CommittedBytes.Form, digest), CommittedBytes.Form, form.AsSpan()[..31], bytes));
    }

    [Fact]
    public void Equal_actions_are_equal_in_one_task_and_in_no_other()
    {
        var action = SHA256.HashData("delete /srv/x"u8);

        Assert.Equal(Key.OfAction(action), Key.OfAction(action));
        Assert.NotEqual(Key.OfAction(action), Key.OfAction(SHA256.HashData("delete /srv/y"u8)));
        Assert.NotEqual(Key.OfAction(action), TaskKey.Draw().OfAction(action));
        Assert.NotEqual(Key.OfAction(action), Convert.ToHexStringLower(action));
    }

    [Fact]
    public void A_ciphertext_opens_in_its_own_place_only() => Gen.Byte.Array[0, 400].Sample(bytes =>
    {
        var ciphertext = Key.Seal("t-a", 7, CommittedBytes.Payload, bytes);

        Assert.Equal(bytes, Key.Open("t-a", 7, CommittedBytes.Payload, ciphertext));
        Assert.Null(Key.Open("t-b", 7, CommittedBytes.Payload, ciphertext));
        Assert.Null(Key.Open("t-a", 8, CommittedBytes.Payload, ciphertext));
        Assert.Null(Key.Open("t-a", 7, CommittedBytes.Held, ciphertext));
        Assert.Null(TaskKey.Draw().Open("t-a", 7, CommittedBytes.Payload, ciphertext));
        Assert.Null(Key.Open("t-a", 7, CommittedBytes.Payload, ciphertext.AsSpan()[..^1]));
    });

    [Fact]
    public void Every_changed_bit_of_a_ciphertext_is_noticed()
    {
        var ciphertext = Key.Seal("t-a", 7, CommittedBytes.Payload, "some bytes"u8);
        for (var index = 0; index < ciphertext.Length; index++)
        {
            var changed = ciphertext.ToArray();
            changed[index] ^= 0x10;
            Assert.Null(Key.Open("t-a", 7, CommittedBytes.Payload, changed));
        }

        for (var length = 0; length < ciphertext.Length; length++)
            Assert.Null(Key.Open("t-a", 7, CommittedBytes.Payload, ciphertext.AsSpan(0, length)));
    }

    [Fact]
    public void The_same_bytes_in_the_same_place_are_encrypted_differently_each_time()
    {
        // A number of the chain is used again after its append was refused: a nonce made of it would be used twice.
        var first = Key.Seal("t-a", 7, CommittedBytes.Payload, "some bytes"u8);
        var second = Key.Seal("t-a", 7, CommittedBytes.Payload, "some bytes"u8);

        Assert.NotEqual(first, second);
        Assert.NotEqual(first.AsSpan(0, 12).ToArray(), second.AsSpan(0, 12).ToArray());
    }

    [Fact]
    public void Nothing_of_a_key_is_in_its_id() =>
        Assert.DoesNotContain(Convert.ToHexStringLower(Key.ToBytes().AsSpan(0, 8)), Key.Id, StringComparison.Ordinal);

    [Fact]
    public void A_forgotten_key_opens_nothing()
    {
        var key = TaskKey.Draw();
        var ciphertext = key.Seal("t-a", 1, CommittedBytes.Payload, Encoding.UTF8.GetBytes("x"));

        key.Forget();

        Assert.Null(key.Open("t-a", 1, CommittedBytes.Payload, ciphertext));
        Assert.Equal(new byte[TaskKey.Bytes], key.ToBytes());
    }
}
