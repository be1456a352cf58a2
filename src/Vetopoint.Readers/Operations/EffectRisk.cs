namespace Vetopoint.Readers.Operations;

/// <summary>
/// The order in which effects are taken to be worse, so that two readings of one operation have a stricter one. It is
/// total, from a read, which changes nothing, to an execution, of which nothing is known:
/// <list type="number">
/// <item>read: nothing changes, nothing leaves;</item>
/// <item>create, update: something is added or changed, the rest stays;</item>
/// <item>send, move, export: data leaves the place that protects it;</item>
/// <item>overwrite, delete: something is gone;</item>
/// <item>change_infrastructure, assign_role, grant, change_policy: later actions can do more;</item>
/// <item>purge: something is gone, and so is every copy;</item>
/// <item>execute: any of these.</item>
/// </list>
/// The order decides only between effects of one concern. Policies ask different things of a deletion, of a sending and
/// of a grant, so effects of different concerns stand beside each other, as operations of their own.
/// </summary>
public static class EffectRisk
{
    /// <summary>The place in the order; larger is worse.</summary>
    public static int Risk(this Effect effect) => effect switch
    {
        Effect.Read => 0,
        Effect.Create => 1,
        Effect.Update => 2,
        Effect.Send => 3,
        Effect.Move => 4,
        Effect.Export => 5,
        Effect.Overwrite => 6,
        Effect.Delete => 7,
        Effect.ChangeInfrastructure => 8,
        Effect.AssignRole => 9,
        Effect.Grant => 10,
        Effect.ChangePolicy => 11,
        Effect.Purge => 12,
        Effect.Execute => 13,
    };

    /// <summary>What an effect is a concern for.</summary>
    public static EffectConcern Concern(this Effect effect) => effect switch
    {
        Effect.Read => EffectConcern.None,
        Effect.Create or Effect.Update or Effect.Overwrite or Effect.Delete or Effect.Purge => EffectConcern.Change,
        Effect.Send or Effect.Move or Effect.Export => EffectConcern.Disclosure,
        Effect.AssignRole or Effect.Grant or Effect.ChangePolicy or Effect.ChangeInfrastructure => EffectConcern.Authority,
        Effect.Execute => EffectConcern.Unknown,
    };

    /// <summary>The worse of two effects.</summary>
    public static Effect Stricter(Effect one, Effect other) => one.Risk() >= other.Risk() ? one : other;
}

/// <summary>What an effect is a concern for.</summary>
public enum EffectConcern
{
    None = 0,

    /// <summary>What is there.</summary>
    Change,

    /// <summary>Who has it.</summary>
    Disclosure,

    /// <summary>What can be done later.</summary>
    Authority,

    /// <summary>All of these.</summary>
    Unknown,
}
