using System.Globalization;
using System.Text.Json.Nodes;
using Vetopoint.Cedar.Values;
using Vetopoint.Testing.Cedar.Cases;

namespace Vetopoint.Testing.Cedar.Workloads;

/// <summary>
/// Three applications in the shapes that the evaluation of "Cedar: A New Language for Expressive, Fast, Safe, and Analyzable
/// Authorization" (OOPSLA 2024) describes: file sharing, code hosting and task lists, with N entities of each type and random
/// relations between them. Written anew from that description, so figures are comparable in shape, not case by case.
/// </summary>
public static class PaperWorkloads
{
    private const ulong Seed = 20_240_401;
    private const int RequestCount = 500;

    /// <summary>How likely, in percent, a group is in an earlier one, a member in a group, and so on.</summary>
    private const int EdgePercent = 5;

    /// <summary>File sharing: what someone may see or change is an entity that documents and folders are in.</summary>
    public static CedarCase GDrive(int n)
    {
        var dice = new Dice(Seed + (ulong)n);
        var entities = new JsonArray();
        for (var i = 0; i < n; i++)
        {
            entities.Add((JsonNode)CaseJson.Entity(Uid("View", i), [], Edges(dice, "View", i)));
            entities.Add((JsonNode)CaseJson.Entity(Uid("Group", i), Access(dice, i, n), Edges(dice, "Group", i)));
            entities.Add((JsonNode)CaseJson.Entity(Uid("User", i), Owned(dice, i, n), Edges(dice, "Group", n)));
            entities.Add((JsonNode)CaseJson.Entity(Uid("Folder", i), [], [.. Edges(dice, "Folder", i), .. Edges(dice, "View", n)]));
            var document = new JsonObject { ["isPublic"] = dice.Chance(10) };
            entities.Add((JsonNode)CaseJson.Entity(Uid("Document", i), document, [.. Edges(dice, "Folder", n), .. Edges(dice, "View", n)]));
        }

        return Make("gdrive", n, dice, entities,
            """
            entity View in [View];
            entity Group in [Group] = { view: View };
            entity User in [Group] = { view: View, ownedDocuments: Set<Document>, ownedFolders: Set<Folder> };
            entity Folder in [Folder, View];
            entity Document in [Folder, View] = { isPublic: Bool };
            action readDocument, writeDocument, createDocument, changeOwner, share appliesTo { principal: User, resource: Document };
            """,
            [
                """permit (principal, action in [Action::"readDocument", Action::"writeDocument"], resource) when { resource in principal.view };""",
                """permit (principal, action == Action::"readDocument", resource) when { resource.isPublic };""",
                """permit (principal, action, resource) when { resource in principal.ownedDocuments || resource in principal.ownedFolders };""",
                """forbid (principal, action == Action::"changeOwner", resource) unless { principal.ownedDocuments.contains(resource) };""",
                """permit (principal, action == Action::"createDocument", resource) when { resource in principal.ownedFolders };""",
            ],
            ["readDocument", "readDocument", "writeDocument", "createDocument", "changeOwner", "share"], "User", "Document");
    }

    /// <summary>Code hosting: five roles of a repository, each an attribute that names a group of people.</summary>
    public static CedarCase GitHub(int n)
    {
        var dice = new Dice(Seed + 1_000 + (ulong)n);
        string[] roles = ["readers", "triagers", "writers", "maintainers", "admins"];
        var entities = new JsonArray();
        for (var i = 0; i < n; i++)
        {
            var repository = new JsonObject();
            for (var role = 0; role < roles.Length; role++)
            {
                repository[roles[role]] = CaseJson.Reference(new EntityUid("RepoPermission", $"{i}-{role}"));
                var wider = role > 0 ? [new EntityUid("RepoPermission", $"{i}-{role - 1}")] : Array.Empty<EntityUid>();
                entities.Add((JsonNode)CaseJson.Entity(new EntityUid("RepoPermission", $"{i}-{role}"), [], wider));
            }

            entities.Add((JsonNode)CaseJson.Entity(Uid("Repository", i), repository));
            entities.Add((JsonNode)CaseJson.Entity(Uid("Team", i), [], [.. Edges(dice, "Team", i), new EntityUid("RepoPermission", $"{dice.Next(n)}-{dice.Next(roles.Length)}")]));
            entities.Add((JsonNode)CaseJson.Entity(Uid("User", i), [], [.. Edges(dice, "Team", n), new EntityUid("RepoPermission", $"{dice.Next(n)}-{dice.Next(roles.Length)}")]));
        }

        return Make("github", n, dice, entities,
            """
            entity RepoPermission in [RepoPermission];
            entity Team in [Team, RepoPermission];
            entity User in [Team, RepoPermission];
            entity Repository = { readers: RepoPermission, triagers: RepoPermission, writers: RepoPermission, maintainers: RepoPermission, admins: RepoPermission };
            action pull, fork, assign_issue, delete_issue, push, edit_issue, add_reader, add_admin appliesTo { principal: User, resource: Repository };
            """,
            [
                """permit (principal, action in [Action::"pull", Action::"fork"], resource) when { principal in resource.readers };""",
                """permit (principal, action == Action::"assign_issue", resource) when { principal in resource.triagers };""",
                """permit (principal, action in [Action::"push", Action::"edit_issue"], resource) when { principal in resource.writers };""",
                """permit (principal, action == Action::"delete_issue", resource) when { principal in resource.maintainers };""",
                """permit (principal, action in [Action::"add_reader", Action::"add_admin"], resource) when { principal in resource.admins };""",
            ],
            ["pull", "fork", "assign_issue", "delete_issue", "push", "edit_issue", "add_reader", "add_admin"], "User", "Repository");
    }

    /// <summary>Task lists: an owner, and teams who may read or edit a list.</summary>
    public static CedarCase TinyTodo(int n)
    {
        var dice = new Dice(Seed + 2_000 + (ulong)n);
        var entities = new JsonArray { (JsonNode)CaseJson.Entity(new EntityUid("Application", "TinyTodo"), []) };
        for (var i = 0; i < n; i++)
        {
            var user = new JsonObject { ["location"] = $"office{dice.Next(4)}", ["joblevel"] = dice.Next(10) };
            entities.Add((JsonNode)CaseJson.Entity(Uid("Team", i), [], Edges(dice, "Team", i)));
            entities.Add((JsonNode)CaseJson.Entity(Uid("User", i), user, Edges(dice, "Team", n)));
            var list = new JsonObject
            {
                ["owner"] = CaseJson.Reference(Uid("User", dice.Next(n))),
                ["readers"] = CaseJson.Reference(Uid("Team", dice.Next(n))),
                ["editors"] = CaseJson.Reference(Uid("Team", dice.Next(n))),
            };
            entities.Add((JsonNode)CaseJson.Entity(Uid("List", i), list, new EntityUid("Application", "TinyTodo")));
        }

        return Make("tinytodo", n, dice, entities,
            """
            entity Application;
            entity Team in [Team];
            entity User in [Team] = { location: String, joblevel: Long };
            entity List in [Application] = { owner: User, readers: Team, editors: Team };
            action GetList, UpdateList, DeleteList, CreateTask, UpdateTask, DeleteTask, EditShare appliesTo { principal: User, resource: List };
            """,
            [
                """permit (principal, action, resource) when { resource has owner && resource.owner == principal };""",
                """permit (principal, action == Action::"GetList", resource) when { principal in resource.readers || principal in resource.editors };""",
                """permit (principal, action in [Action::"UpdateList", Action::"CreateTask", Action::"UpdateTask", Action::"DeleteTask"], resource) when { principal in resource.editors };""",
                """permit (principal in Team::"0", action, resource in Application::"TinyTodo");""",
                """forbid (principal in Team::"1", action == Action::"EditShare", resource) unless { principal.joblevel > 6 };""",
            ],
            ["GetList", "GetList", "UpdateList", "DeleteList", "CreateTask", "EditShare"], "User", "List");
    }

    private static CedarCase Make(
        string name, int n, Dice dice, JsonArray entities, string schema, string[] policies, string[] actions, string principal, string resource) => new(
            string.Create(CultureInfo.InvariantCulture, $"{name}{n}"), schema, [.. policies], entities,
            [.. Enumerable.Range(0, RequestCount).Select(_ => new CaseRequest(
                Uid(principal, dice.Next(n)), new EntityUid("Action", dice.Pick(actions)), Uid(resource, dice.Next(n)), []))]);

    private static JsonObject Access(Dice dice, int i, int n) => new() { ["view"] = CaseJson.Reference(Uid("View", dice.Chance(50) ? i : dice.Next(n))) };

    private static JsonObject Owned(Dice dice, int i, int n)
    {
        var attributes = Access(dice, i, n);
        attributes["ownedDocuments"] = References(Edges(dice, "Document", n));
        attributes["ownedFolders"] = References(Edges(dice, "Folder", n));
        return attributes;
    }

    private static JsonArray References(IEnumerable<EntityUid> uids) => new([.. uids.Select(CaseJson.Reference)]);

    /// <summary>Some of the first entities of a type.</summary>
    private static List<EntityUid> Edges(Dice dice, string type, int below)
    {
        var edges = new List<EntityUid>();
        for (var i = 0; i < below; i++)
            if (dice.Chance(EdgePercent))
                edges.Add(Uid(type, i));
        return edges;
    }

    private static EntityUid Uid(string type, int number) => new(type, number.ToString(CultureInfo.InvariantCulture));
}
