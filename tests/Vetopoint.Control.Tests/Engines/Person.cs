using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Control.Tests.Engines;

/// <summary>A person with an approver's key.</summary>
internal sealed class Person : IDisposable
{
    private Person(string name, ApproverKey key) => (Name, Key) = (name, key);

    public string Name { get; }

    public ApproverKey Key { get; }

    /// <summary>The first approver of an engine.</summary>
    public static async Task<Person> EnrollAsync(TestEngine engine, string name = "ada")
    {
        var person = Create(name);
        await engine.Acts.EnrollFirstApproverAsync(new Act.EnrollApprover(name, person.Key.Public.Text), TestContext.Current.CancellationToken);
        return person;
    }

    public static Person Create(string name) => new(name, ApproverKey.Create());

    public async Task<ActProof> ProveAsync(TestEngine engine, Act act)
    {
        var challenge = await engine.Acts.ChallengeAsync(act, Key.Public.Id, TestContext.Current.CancellationToken);
        return Sign(challenge);
    }

    public ActProof Sign(ActChallenge challenge)
    {
        var statement = ApprovalStatement.Decode(challenge.Statement.Span);
        Assert.True(statement.Shows(challenge.Details.Span));
        var signed = statement.Sign(Key);
        return new ActProof(challenge.Statement, Convert.FromBase64String(signed.Signature), signed.KeyId);
    }

    public async Task<ActResult> DoAsync(TestEngine engine, Act act) =>
        await engine.Acts.PerformAsync(await ProveAsync(engine, act), TestContext.Current.CancellationToken);

    public Task<ActResult> ApproveAsync(TestEngine engine, AttemptId hold) => DoAsync(engine, new Act.Approve(hold));

    public void Dispose() => Key.Dispose();
}
