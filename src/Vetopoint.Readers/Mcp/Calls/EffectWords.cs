using System.Collections.Frozen;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What a word in a tool's name says of its effect.</summary>
/// <param name="IsNounToo">
/// True for words that name things as often as acts (`post`, `order`, `run`): they count only where no other word says
/// what is done.
/// </param>
internal readonly record struct EffectWord(Effect Effect, bool IsNounToo);

/// <summary>The words of names, descriptions and arguments that say what is done.</summary>
internal static class EffectWords
{
    /// <summary>
    /// Parts of words that mean that something is gone. They count wherever they stand in a name, so that a name that
    /// cannot be split into words is not taken for harmless.
    /// </summary>
    private static readonly (string Part, Effect Effect)[] DestructiveParts =
    [
        ("delet", Effect.Delete), ("remov", Effect.Delete), ("drop", Effect.Delete), ("unlink", Effect.Delete),
        ("discard", Effect.Delete), ("purg", Effect.Purge), ("wipe", Effect.Purge), ("erase", Effect.Purge),
        ("destroy", Effect.Purge), ("truncat", Effect.Purge), ("shred", Effect.Purge), ("expunge", Effect.Purge),
        ("nuke", Effect.Purge), ("obliterat", Effect.Purge),
    ];

    private static readonly FrozenDictionary<string, EffectWord> Acts = Dictionary(
        (Effect.Read, false, "get list read search find show describe view lookup query count check stat stats inspect ls cat "
            + "browse retrieve explain diff compare status info whois geocode summarize display peek scan fetch enumerate "
            + "aggregate tail head tree validate"),
        (Effect.Read, true, "history details detail summary overview preview watch resolve analyze audit verify"),
        (Effect.Create, false, "create add insert new append generate clone duplicate make register"),
        (Effect.Create, true, "fork draft book schedule reserve comment attach import record build compose subscribe init"),
        (Effect.Update, false, "update edit modify patch change toggle enable disable assign unassign mark merge commit "
            + "configure adjust increment cancel reject complete reopen activate deactivate unsubscribe archive unarchive "
            + "push pull close resize convert annotate customize protect unprotect unregister connect disconnect checkout"),
        (Effect.Update, true, "set label tag star lock unlock pin order process open load react vote refund charge test"),
        (Effect.Send, false, "send notify publish broadcast tweet reply forward upload pay submit sms"),
        (Effect.Send, true, "post email mail message call alert webhook dial purchase buy"),
        (Effect.Move, false, "move rename migrate relocate promote replicate mv transfer"),
        (Effect.Export, false, "export dump download exfiltrate"),
        (Effect.Export, true, "backup copy sync mirror extract"),
        (Effect.Overwrite, false, "write overwrite replace save restore reset upsert rewrite revert rollback"),
        (Effect.Overwrite, true, "put"),
        (Effect.Delete, false, "delete remove drop unlink rm del trash clear discard cleanup evict flush"),
        (Effect.Delete, true, "empty clean prune"),
        (Effect.Purge, false, "purge wipe erase destroy truncate shred expunge nuke obliterate"),
        (Effect.ChangeInfrastructure, false, "deploy provision scale restart reboot shutdown terminate kill install uninstall upgrade "
            + "rollout failover cordon uncordon drain apply undeploy decommission detach terraform"),
        (Effect.ChangeInfrastructure, true, "start stop release port resume suspend pause"),
        (Effect.Grant, false, "grant authorize approve invite permit allow share revoke elevate impersonate"),
        (Effect.Execute, false, "execute exec eval evaluate invoke shell bash spawn dispatch interact trigger navigate click type press"),
        (Effect.Execute, true, "run script command terminal code sql python javascript"));

    private static readonly FrozenSet<string> RoleNouns = Set("role roles membership memberships member members admin admins owner owners");

    private static readonly FrozenSet<string> GrantNouns = Set(
        "permission permissions access acl acls privilege privileges scope scopes token tokens apikey apikeys credential "
        + "credentials collaborator collaborators entitlement entitlements sharing");

    private static readonly FrozenSet<string> PolicyNouns = Set(
        "policy policies rule rules ruleset rulesets firewall guardrail guardrails iam mfa sso protection");

    private static readonly FrozenSet<string> InfrastructureNouns = Set(
        "cluster clusters instance instances vm vms node nodes pod pods deployment deployments container containers droplet "
        + "droplets network networks subnet subnets vpc dns loadbalancer stack stacks infrastructure machine machines "
        + "server servers service services namespace namespaces helm schema schemas index indexes table tables database "
        + "databases collection migration migrations queue queues bucket buckets gateway gateways");

    // A change to these is a change of data, also where a table or collection is named.
    private static readonly FrozenSet<string> DataNouns = Set(
        "row rows record records document documents item items cell cells entry entries file files page pages message messages");

    /// <summary>What a name says.</summary>
    public static NameReading Read(string name)
    {
        var words = Words.Of(name);
        Effect? effect = null;
        Effect? noun = null;
        var hasRead = false;
        foreach (var word in words)
        {
            if (!Acts.TryGetValue(word, out var act))
                continue;
            hasRead |= act is { Effect: Effect.Read, IsNounToo: false };
            if (act.IsNounToo)
                noun = noun is { } before ? EffectRisk.Stricter(before, act.Effect) : act.Effect;
            else
                effect = effect is { } earlier ? EffectRisk.Stricter(earlier, act.Effect) : act.Effect;
        }

        var isPlain = effect is not null;
        effect ??= noun;
        foreach (var (part, destructive) in DestructiveParts)
        {
            if (!name.Contains(part, StringComparison.OrdinalIgnoreCase))
                continue;
            effect = effect is { } known ? EffectRisk.Stricter(known, destructive) : destructive;
            isPlain = true;
        }

        if (effect is { } act2 && act2 != Effect.Read)
            effect = OfNouns(act2, words);
        return new NameReading(effect, isPlain, hasRead && effect != Effect.Read, words);
    }

    /// <summary>What a word of an argument's value or name says, counting only words that are acts alone.</summary>
    public static Effect? OfWords(string text)
    {
        Effect? effect = null;
        foreach (var word in Words.Of(text))
        {
            if (Acts.TryGetValue(word, out var act) && !act.IsNounToo)
                effect = effect is { } before ? EffectRisk.Stricter(before, act.Effect) : act.Effect;
        }

        return effect;
    }

    /// <summary>What a word says when it is known to say what is done, such as the value of `action`.</summary>
    public static Effect? OfAction(string value)
    {
        Effect? effect = null;
        foreach (var word in Words.Of(value))
        {
            if (Acts.TryGetValue(word, out var act))
                effect = effect is { } before ? EffectRisk.Stricter(before, act.Effect) : act.Effect;
        }

        return effect ?? value.ToUpperInvariant() switch
        {
            "GET" or "HEAD" or "OPTIONS" => Effect.Read,
            _ => null,
        };
    }

    public static bool TryGet(string word, out EffectWord act) => Acts.TryGetValue(word, out act);

    /// <summary>A change to a role is an assignment, a change to a rule is a change of policy.</summary>
    private static Effect OfNouns(Effect effect, List<string> words)
    {
        var isData = words.Exists(DataNouns.Contains);
        foreach (var word in words)
        {
            if (RoleNouns.Contains(word))
                effect = EffectRisk.Stricter(effect, Effect.AssignRole);
            else if (GrantNouns.Contains(word))
                effect = EffectRisk.Stricter(effect, Effect.Grant);
            else if (PolicyNouns.Contains(word))
                effect = EffectRisk.Stricter(effect, Effect.ChangePolicy);
            else if (InfrastructureNouns.Contains(word) && !isData
                && effect is Effect.Create or Effect.Update or Effect.Overwrite)
            {
                effect = Effect.ChangeInfrastructure;
            }
        }

        return effect;
    }

    private static FrozenDictionary<string, EffectWord> Dictionary(params (Effect Effect, bool IsNounToo, string Words)[] groups)
    {
        var acts = new Dictionary<string, EffectWord>(StringComparer.Ordinal);
        foreach (var (effect, isNounToo, words) in groups)
        {
            foreach (var word in words.Split(' '))
                acts.TryAdd(word, new EffectWord(effect, isNounToo));
        }

        return acts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}

/// <summary>What a tool's name says.</summary>
/// <param name="Effect">The effect; null when the name says none.</param>
/// <param name="IsPlain">True when a word says it that is an act and nothing else.</param>
/// <param name="IsMixed">True when another word says that it reads.</param>
internal sealed record NameReading(Effect? Effect, bool IsPlain, bool IsMixed, IReadOnlyList<string> Words);
