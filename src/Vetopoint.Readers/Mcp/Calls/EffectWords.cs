using System.Collections.Frozen;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What a word in a tool's name says of its effect.</summary>
internal readonly record struct EffectWord(Effect Effect, EffectWordKind Kind)
{
    public bool IsAct => Kind == EffectWordKind.Act;
}

/// <summary>How surely a word in a name is an act.</summary>
internal enum EffectWordKind
{
    /// <summary>An act wherever it stands (`delete`).</summary>
    Act = 0,

    /// <summary>An act where a name begins with it (`run_query`), elsewhere perhaps a thing (`get_test_run`).</summary>
    ActInFront,

    /// <summary>Names things as often as acts (`post`): it counts only where no other word says what is done.</summary>
    NounToo,

    /// <summary>A thing that can only be looked at (`status`), where no other word says what is done.</summary>
    Information,
}

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
        ("nuk", Effect.Purge), ("obliterat", Effect.Purge), ("wiping", Effect.Purge), ("erasu", Effect.Purge), ("erasi", Effect.Purge),
        ("kill", Effect.ChangeInfrastructure), ("terminat", Effect.ChangeInfrastructure), ("decommission", Effect.ChangeInfrastructure),
        ("unsubscrib", Effect.Update), ("deactivat", Effect.Update), ("disabl", Effect.Update), ("reset", Effect.Overwrite),
        ("flush", Effect.Delete), ("evict", Effect.Delete), ("emptied", Effect.Delete), ("emptying", Effect.Delete),
    ];

    // Harmless words that have such a part inside.
    private static readonly string[] HarmlessWords = ["skill", "preset", "overkill"];

    private static readonly FrozenDictionary<string, EffectWord> Acts = Dictionary(
        (Effect.Read, EffectWordKind.Act, "get list read search find show describe view lookup query count check inspect ls cat browse "
            + "retrieve explain diff compare geocode summarize display peek scan fetch enumerate aggregate validate"),
        (Effect.Read, EffectWordKind.Information, "status info stat stats history details detail summary overview tree tail head whois"),
        (Effect.Read, EffectWordKind.NounToo, "preview watch resolve analyze audit verify"),
        (Effect.Create, EffectWordKind.Act, "create add insert new append generate clone duplicate make register"),
        (Effect.Create, EffectWordKind.ActInFront, "fork reserve attach import build compose subscribe init"),
        (Effect.Create, EffectWordKind.NounToo, "draft book schedule comment record"),
        (Effect.Update, EffectWordKind.Act, "update edit modify patch change toggle enable disable assign unassign mark merge commit "
            + "configure adjust increment cancel ban unban reject complete reopen activate deactivate unsubscribe archive unarchive "
            + "acknowledge ack dequeue consume mutate override bypass rotate swap flip "
            + "push pull close resize convert annotate customize protect unprotect unregister connect disconnect checkout"),
        (Effect.Update, EffectWordKind.ActInFront, "block unblock set lock unlock pin unpin open load react vote refund charge"),
        (Effect.Update, EffectWordKind.NounToo, "label tag star order process test"),
        (Effect.Send, EffectWordKind.Act, "send notify publish broadcast tweet reply forward upload pay submit sms"),
        (Effect.Send, EffectWordKind.ActInFront, "post dial purchase buy call"),
        (Effect.Send, EffectWordKind.NounToo, "email mail message alert webhook"),
        (Effect.Move, EffectWordKind.Act, "move rename migrate relocate promote replicate mv transfer"),
        (Effect.Export, EffectWordKind.Act, "export dump download exfiltrate"),
        (Effect.Export, EffectWordKind.ActInFront, "copy sync mirror extract"),
        (Effect.Export, EffectWordKind.NounToo, "backup"),
        (Effect.Overwrite, EffectWordKind.Act, "write overwrite replace save restore reset upsert rewrite revert rollback"),
        (Effect.Overwrite, EffectWordKind.ActInFront, "put"),
        (Effect.Delete, EffectWordKind.Act, "delete remove drop unlink rm del expire trash clear discard cleanup evict flush prune pop rmdir zap"),
        (Effect.Delete, EffectWordKind.ActInFront, "empty clean"),
        (Effect.Purge, EffectWordKind.Act, "purge wipe erase destroy truncate shred expunge nuke obliterate"),
        (Effect.ChangeInfrastructure, EffectWordKind.Act, "deploy provision scale restart reboot shutdown terminate kill suspend install "
            + "uninstall upgrade rollout failover cordon uncordon drain apply undeploy decommission detach terraform"),
        (Effect.ChangeInfrastructure, EffectWordKind.ActInFront, "start stop resume suspend pause"),
        (Effect.ChangeInfrastructure, EffectWordKind.NounToo, "release port"),
        (Effect.Grant, EffectWordKind.Act, "grant authorize approve invite permit allow share revoke elevate impersonate"),
        (Effect.Execute, EffectWordKind.Act, "execute exec eval evaluate invoke shell bash spawn dispatch interact trigger navigate "
            + "click type press"),
        (Effect.Execute, EffectWordKind.ActInFront, "run"),
        (Effect.Execute, EffectWordKind.NounToo, "script command terminal code sql python javascript"));

    private static readonly FrozenSet<string> Connectors = Set("and or then plus also");

    // Values of an argument that says what is done or how, which choose nothing that changes anything.
    private static readonly FrozenSet<string> HarmlessValues = Set(
        "asc ascending desc descending newest oldest latest relevance ranked sorted random default auto automatic none any all both "
        + "full partial brief short long compact concise verbose detailed minimal simple basic advanced standard normal fast slow quick "
        + "deep shallow strict lenient exact fuzzy prefix suffix contains semantic keyword hybrid vector text lexical literal regex glob "
        + "json yaml xml csv html markdown plain raw table lines line pages page paged single multi multiple first last top recent "
        + "r rb readonly ro read only utf8 ascii hex base64 binary day week month year hour minute hourly daily weekly monthly yearly "
        + "driving walking cycling bicycling transit car foot bike sum avg average mean median min max mode total by per of the and or "
        + "tree flat nested recursive local global public online offline sync async date name title size id time history");

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
        + "databases collection collections migration migrations queue queues bucket buckets gateway gateways");

    private static readonly FrozenSet<string> NounsOfArguments = Set(
        "type commit merge pull change new patch mark reply forward share press click permit transfer code shell scale "
        + "duplicate clone order close python javascript sql sms invite");

    private static readonly FrozenSet<string> ThingEndings = Set(
        "id ids iid sha hash number name names type url uri key date time at by from since before until count version");

    private static readonly FrozenSet<string> CodeOperators = Set("$where $function $out $merge $accumulator $eval $set $unset $push $pull $inc $rename");

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
        var isInformation = true;
        string? unknownAct = null;
        for (var i = 0; i < words.Count; i++)
        {
            var isJoined = i > 0 && Connectors.Contains(words[i - 1]);
            if (!Acts.TryGetValue(words[i], out var act))
            {
                if ((isJoined && IsPerhapsAnAct(words, i)) || IsPhrasal(words, i))
                    unknownAct ??= words[i];
                continue;
            }

            hasRead |= act is { Effect: Effect.Read, IsAct: true };
            // Joined to what stands before it, a word that may be an act is one: `list_and_prune`, `read_file_and_email`.
            if (act.IsAct || (i == 0 && act.Kind == EffectWordKind.ActInFront) || (isJoined && act.Kind != EffectWordKind.Information))
                effect = effect is { } earlier ? EffectRisk.Stricter(earlier, act.Effect) : act.Effect;
            else
                noun = noun is { } before ? EffectRisk.Stricter(before, act.Effect) : act.Effect;
            isInformation &= act.Kind == EffectWordKind.Information;
        }

        var isPlain = effect is not null || (noun is not null && isInformation);
        effect ??= noun;
        var searched = HarmlessWords.Aggregate(
            name, static (rest, harmless) => rest.Replace(harmless, "-", StringComparison.OrdinalIgnoreCase));
        foreach (var (part, destructive) in DestructiveParts)
        {
            if (!searched.Contains(part, StringComparison.OrdinalIgnoreCase))
                continue;
            effect = effect is { } known ? EffectRisk.Stricter(known, destructive) : destructive;
            isPlain = true;
        }

        if (effect is { } act2 && act2 != Effect.Read)
            effect = OfNouns(act2, words);
        return new NameReading(effect, isPlain, hasRead && effect != Effect.Read, unknownAct, words);
    }

    /// <summary>`fetch_and_forget`: what is joined to an act is another, known here or not. `users_and_groups` joins things.</summary>
    private static bool IsPerhapsAnAct(List<string> words, int at) =>
        (at > 1 && Acts.ContainsKey(words[at - 2])) || !words[at].EndsWith('s');

    /// <summary>`check_in` and `check_out_item` change something, though to check is to read.</summary>
    private static bool IsPhrasal(List<string> words, int at) =>
        at > 0 && words[at - 1] is "check" && (words[at] is "in" or "out" or "off");

    /// <summary>What a word of an argument's value or name says, counting only words that are acts alone.</summary>
    public static Effect? OfWords(string text)
    {
        Effect? effect = null;
        foreach (var word in Words.Of(text))
        {
            if (Acts.TryGetValue(word, out var act) && act.IsAct)
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

    /// <summary>
    /// True where an argument's name has acts only in words that name things as often (`commit_sha`, `merge_request_id`,
    /// `type`), so that a value is no order. Nothing that destroys is such a word.
    /// </summary>
    public static bool IsNounOfArgument(string name)
    {
        var words = Words.Of(name);
        var isOfThing = words.Count > 1 && ThingEndings.Contains(words[^1]);
        return words.TrueForAll(word => !Acts.TryGetValue(word, out var act) || !act.IsAct || act.Effect == Effect.Read
            || NounsOfArguments.Contains(word) || (isOfThing && act.Effect is not (Effect.Delete or Effect.Purge)));
    }

    /// <summary>True for a value that, chosen by an argument that says what is done, changes nothing. What is not known is not harmless.</summary>
    public static bool IsHarmlessValue(string value) =>
        Words.Of(value) is { Count: > 0 } words && words.TrueForAll(
            static word => HarmlessValues.Contains(word) || (Acts.TryGetValue(word, out var act) && act.Effect == Effect.Read));

    /// <summary>What a whole value orders, such as `delete` or `delete_all_users`; null for a value that is no order.</summary>
    public static Effect? OfOrder(string value)
    {
        if (value.Length > OrderCharsMax || Words.Of(value) is not [var first, ..] words || words.Count > OrderWordsMax
            || value.Any(static one => char.IsWhiteSpace(one) || one is '/' or '.' or '@'))
        {
            return null;
        }

        return Acts.TryGetValue(first, out var act) && act.IsAct && act.Effect != Effect.Read && !NounsOfArguments.Contains(first)
            ? act.Effect
            : null;
    }

    private const int OrderCharsMax = 64;
    private const int OrderWordsMax = 4;

    /// <summary>True for the operators of document databases that run code or write.</summary>
    public static bool IsCodeOperator(string name) => CodeOperators.Contains(name);

    public static bool TryGet(string word, out EffectWord act) => Acts.TryGetValue(word, out act);

    /// <summary>True when the words name a machine, a network or a place for data, and not the data in it.</summary>
    public static bool NamesInfrastructure(IReadOnlyList<string> words) => words.Any(InfrastructureNouns.Contains) && !NamesData(words);

    /// <summary>`delete_table_rows` is about data; a `message_queue` is none.</summary>
    private static bool NamesData(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (DataNouns.Contains(words[i]) && (i + 1 == words.Count || !InfrastructureNouns.Contains(words[i + 1])))
                return true;
        }

        return false;
    }

    /// <summary>A change to a role is an assignment, a change to a rule is a change of policy.</summary>
    private static Effect OfNouns(Effect effect, List<string> words)
    {
        var isData = NamesData(words);
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

    private static FrozenDictionary<string, EffectWord> Dictionary(params (Effect Effect, EffectWordKind Kind, string Words)[] groups)
    {
        var acts = new Dictionary<string, EffectWord>(StringComparer.Ordinal);
        foreach (var (effect, kind, words) in groups)
        {
            foreach (var word in words.Split(' '))
                acts.TryAdd(word, new EffectWord(effect, kind));
        }

        return acts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}

/// <summary>What a tool's name says.</summary>
/// <param name="Effect">The effect; null when the name says none.</param>
/// <param name="IsPlain">True when a word says it that is an act and nothing else.</param>
/// <param name="IsMixed">True when another word says that it reads.</param>
/// <param name="UnknownAct">A word that stands where an act does and is not known; null when there is none.</param>
internal sealed record NameReading(Effect? Effect, bool IsPlain, bool IsMixed, string? UnknownAct, IReadOnlyList<string> Words);
