using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Mandates;

/// <summary>
/// A mandate as Cedar policies: one <c>permit</c>, and a <c>forbid … unless</c> for each of its sets that does not allow all. They are asked about
/// every operation, beside the policy set; what they forbid no policy of the set can permit. Budgets and the expiry are no part of
/// them: they are counted, and one operation does not know of the others.
/// </summary>
internal sealed class MandatePolicies
{
    /// <summary>How the id of each of these policies begins. No policy of a set can begin so.</summary>
    public const string IdPrefix = BudgetUse.MandatePolicyPrefix;

    private static readonly ConcurrentDictionary<string, CompiledPolicySet> Shared = new(StringComparer.Ordinal);

    private MandatePolicies(string text) => Text = text;

    /// <summary>What the policies are, in Cedar; empty when they forbid nothing.</summary>
    public string Text { get; }

    /// <summary>Ready to decide; null when they forbid nothing. Tasks of the same scope share one.</summary>
    public CompiledPolicySet? Compiled
    {
        get
        {
            if (Text.Length == 0)
                return null;
            if (Shared.TryGetValue(Text, out var known))
                return known;
            var compiled = CompiledPolicySet.Compile(
                PolicySet.Parse(new CedarSource("mandate", Text)).Policies
                ?? throw new InvalidOperationException("What a mandate is compiled to is not Cedar."));
            if (Shared.Count >= ControlLimits.MandatesCompiledMax)
                Shared.Clear();
            return Shared.GetOrAdd(Text, compiled);
        }
    }

    public static MandatePolicies Of(Mandate mandate, bool unlessApproved)
    {
        var text = new StringBuilder();
        Forbid(text, "effects", mandate.Effects, Effects, unlessApproved);
        Forbid(text, "resources", mandate.Resources, set => Resources(set, "resource"), unlessApproved);
        Forbid(text, "environments", mandate.Environments, Environments, unlessApproved);
        Forbid(text, "servers", mandate.Servers, set => Names(set, "resource.server"), unlessApproved);
        Forbid(text, "gates", mandate.Gates, set => Names(set, "context.gate"), unlessApproved);
        Forbid(text, "labels", mandate.Labels, Labels, unlessApproved);
        Forbid(
            text, "destinations", mandate.Destinations, set => IfGoing(Resources(set, "context.destination")), unlessApproved);
        if (text.Length > 0)
            text.Insert(0, $"@id(\"{IdPrefix}all\")\npermit (principal, action, resource);\n");
        return new MandatePolicies(text.ToString());
    }

    private static void Forbid(
        StringBuilder text, string what, ImmutableArray<string> set, Func<ImmutableArray<string>, string> within, bool unlessApproved)
    {
        if (!set.IsDefault && set.Contains(Mandate.Any))
            return;
        text.Append(CultureInfo.InvariantCulture, $"@id(\"{IdPrefix}{what}\")\nforbid (principal, action, resource)\nunless {{ ")
            .Append(set.IsDefaultOrEmpty && what is not ("labels" or "destinations") ? "false" : within(set.IsDefault ? [] : set))
            .Append(unlessApproved ? $" || context.{Contract.Assurance} >= {Contract.RungOfOnePerson.ToString(CultureInfo.InvariantCulture)}" : "")
            .Append(" };\n");
    }

    private static string Effects(ImmutableArray<string> set) =>
        $"action in [{Joined([.. set.Where(name => EffectNames.TryParse(name, out _))], ", ", name => $"Vetopoint::Action::{Quoted(name)}")}]";

    private static string Environments(ImmutableArray<string> set) =>
        $"({Names(set, "resource.environment")}) && ({IfGoing(Names(set, "context.destination.environment"))})";

    private static string Labels(ImmutableArray<string> set) =>
        set.IsEmpty ? "resource.sensitivity.isEmpty()" : $"[{Joined(set, ", ", Quoted)}].containsAll(resource.sensitivity)";

    private static string IfGoing(string within) => $"!(context has destination) || (context has destination && {within})";

    private static string Names(ImmutableArray<string> set, string attribute) =>
        set.IsEmpty ? "false" : $"({Joined(set, " || ", pattern => Name(pattern, attribute))})";

    private static string Name(ReadOnlySpan<char> pattern, string attribute) =>
        NamePattern.IsPrefix(pattern) ? $"{attribute} like {QuotedPattern(pattern[..^1])}" : $"{attribute} == {Quoted(pattern.ToString())}";

    private static string Resources(ImmutableArray<string> set, string of) =>
        set.IsEmpty ? "false" : $"({Joined(set, " || ", pattern => Resource(pattern, of))})";

    private static string Resource(string pattern, string of)
    {
        if (!ResourcePattern.TryDivide(pattern, out var kind, out var name))
            return "false";
        var plain = name.Length > 1 && NamePattern.IsPrefix(name)
            ? $" && !({of}.name like \"*..*\") && !({of}.name like \"*%*\") && !({of}.name like \"*\\\\*\")"
            : "";
        return $"({Name(kind, of + ".kind")} && {Name(name, of + ".name")}{plain})";
    }

    private static string Joined(ImmutableArray<string> set, string separator, Func<string, string> text) => string.Join(separator, set.Select(text));

    private static string Quoted(string text) => $"\"{Escaped(text, "*")}\"";

    private static string QuotedPattern(ReadOnlySpan<char> prefix) => $"\"{Escaped(prefix, "\\*")}*\"";

    /// <summary>Whatever is not plainly a letter, a digit or a sign without meaning is written as its number, so that no name can end the text.</summary>
    private static string Escaped(ReadOnlySpan<char> text, string star)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == NamePattern.Star)
                escaped.Append(star);
            else if (rune.IsAscii && (Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '.' or '/' or ':' or ' '))
                escaped.Append(rune);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return escaped.ToString();
    }
}
