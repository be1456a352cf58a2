using System.Collections.Frozen;
using System.Text.Json;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>
/// Finds arguments that give someone more than they had: `role`, `is_admin`, `permissions`, or an attribute called `role`.
/// A tool that updates a user assigns a role where the call says one.
/// </summary>
internal static class PrivilegeArguments
{
    private static readonly FrozenSet<string> Roles = Set(
        "role roles admin admins administrator administrators superadmin superuser superusers sudo sudoer sudoers privileged membership "
        + "memberships members member rolename root");

    private static readonly FrozenSet<string> Grants = Set(
        "permission permissions perms privilege privileges acl acls scopes grant grants grantee grantees entitlement entitlements "
        + "authorities accesslevel collaborator collaborators");

    private static readonly FrozenSet<string> WholeGrants = Set(
        "access access_level access_rights access_type access_control rights capabilities can_write can_delete can_admin scope");

    private static readonly FrozenSet<string> WholePolicies = Set(
        "policy policies policy_document iam_policy access_policy bucket_policy resource_policy trust_policy security_policy policy_arn");

    private static readonly FrozenSet<string> Groups = Set("group groups team teams user_group user_groups group_id group_ids group_name add_groups add_to_group");

    private static readonly FrozenSet<string> People = Set("user users account accounts member members principal identity person employee login");

    private static readonly FrozenSet<string> Attributes = Set("attribute attributes attr field fields key property column name setting option");

    private static readonly FrozenSet<string> Powers = Set(
        "admin admins administrator administrators superadmin superuser superusers sudo sudoer sudoers wheel root sysadmin dba poweruser");

    private static readonly FrozenSet<string> Modifiers =
        Set("super global system org organization tenant site cluster user role db database local full power is has the can domain access");

    // Who does or did something, as opposed to what they may do.
    private static readonly FrozenSet<string> Persons = Set(
        "user username user_id userid email login author assignee assignees created_by updated_by owner host hostname from to cc bcc "
        + "recipient reviewer reporter sender database db branch path file");

    // A message of a conversation has one of these; it gives nobody anything.
    private static readonly FrozenSet<string> Speakers = Set("user assistant");

    /// <summary>The strictest change of authority that the arguments ask for, and the one that does; null when none does.</summary>
    /// <param name="tool">The words of the tool's name.</param>
    /// <param name="isExplained">True for an argument of which someone who knows the tool says what it means.</param>
    public static (Effect Effect, string Argument)? Of(IReadOnlyList<string> tool, CallArguments arguments, Func<string, bool> isExplained)
    {
        (Effect Effect, string Argument)? strictest = null;
        foreach (var node in arguments.Nodes.All)
        {
            if (isExplained(node.Top) || Of(tool, node) is not { } effect)
                continue;
            if (strictest is not { } before || effect.Risk() > before.Effect.Risk())
                strictest = (effect, node.Name);
        }

        return strictest;
    }

    private static Effect? Of(IReadOnlyList<string> tool, ArgumentNode node)
    {
        var isGiven = node.IsContainer ? node.Count > 0 : !JsonBytes.IsNull(node.Raw.Span);
        if (!isGiven || JsonBytes.TextOf(node.Raw.Span) is { Length: 0 })
            return null;
        var words = Words.Of(node.Name);
        var whole = string.Join('_', words);
        var isPower = node.Text is { } text && IsPower(text);
        if (words.Exists(Grants.Contains) || WholeGrants.Contains(whole))
            return Effect.Grant;
        if (WholePolicies.Contains(whole))
            return Effect.ChangePolicy;
        if (words.Exists(Roles.Contains) && !IsSpeaker(node) && !IsFolder(whole, node))
            return Effect.AssignRole;
        if (Groups.Contains(whole) && (isPower || tool.Any(People.Contains)))
            return Effect.AssignRole;
        if (node.Text is not { } value)
            return null;
        if ((Attributes.Contains(whole) || (whole == "path" && node.Depth > 0)) && Named(value, whole == "path") is { } named)
            return named;
        return isPower && !Persons.Contains(whole) ? Effect.AssignRole : null;
    }

    /// <summary>`{"attribute":"role"}`, `{"path":"/roles/0"}`: what is changed is named by a value.</summary>
    /// <param name="isPath">True for a pointer into a thing, of which every step counts.</param>
    private static Effect? Named(string value, bool isPath)
    {
        if (value.Length > McpLimits.IdBytesMax || value.Any(char.IsWhiteSpace))
            return null;
        var words = Words.Of(value);
        if (!isPath && !words.TrueForAll(static word => Grants.Contains(word) || Roles.Contains(word) || Modifiers.Contains(word)))
            return null;
        return words.Exists(Grants.Contains) ? Effect.Grant : words.Exists(Roles.Contains) ? Effect.AssignRole : null;
    }

    private static bool IsPower(string text)
    {
        if (text.Length > McpLimits.IdBytesMax || text.AsSpan().ContainsAny("/\\.@"))
            return false;
        var words = Words.Of(text);
        return words.Exists(Powers.Contains) && words.TrueForAll(static word => Powers.Contains(word) || Modifiers.Contains(word));
    }

    private static bool IsSpeaker(ArgumentNode node) =>
        node is { Depth: > 0, Type: JsonTokenType.String } && Speakers.Contains(node.Text!);

    /// <summary>A root is a folder where it is no flag.</summary>
    private static bool IsFolder(string whole, ArgumentNode node) =>
        whole.Contains("root", StringComparison.Ordinal) && node.Type is JsonTokenType.String && !FlagValues.IsOn(node.Raw);

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
