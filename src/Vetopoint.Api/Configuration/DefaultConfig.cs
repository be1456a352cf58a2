namespace Vetopoint.Api.Configuration;

/// <summary>The config that <c>vetopoint init</c> writes: every setting, with its default and what it is for.</summary>
public static class DefaultConfig
{
    /// <param name="owner">The accountable person, such as an e-mail address.</param>
    public static string Text(string owner) => $$"""
        {
          // Vetopoint's config. An edit is checked at once and staged: `vetopoint policy diff` shows it,
          // `vetopoint policy activate` makes it decide. `vetopoint policy check` checks it without an engine.
          "$schema": "vetopoint.schema.json",

          // The person who answers for tasks that name no agent.
          "owner": {{System.Text.Json.JsonSerializer.Serialize(owner, DefaultConfigJson.Default.String)}},

          // MCP servers, exactly as MCP clients write them: paste what you have.
          // A secret may come from the engine's environment: "env": { "TOKEN": "${TOKEN}" }.
          "mcpServers": {
            // "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/me/project"] },
            // "crm": { "type": "http", "url": "http://127.0.0.1:9000/mcp", "headers": { "Authorization": "Bearer ${CRM_TOKEN}" } },
          },

          // What Vetopoint knows of a server beyond that, by the same name; also for servers behind `vetopoint wrap --name`.
          // "mode": "observe" judges and records without enforcing.
          "servers": {
            // "crm": { "environment": "prod", "mode": "enforce" },
          },

          // The environments policies may name. What is not known to be another counts as prod.
          "environments": ["prod", "staging", "test", "dev"],

          // Known agents and the people who answer for them.
          "agents": {
            // "deploy-bot": { "owner": "bob@example.com", "team": "platform", "purpose": "deploys", "environments": ["staging"], "reviewBy": "2027-06-30", "runbook": "https://…" },
          },

          // What a task may do that was given nothing else. "*" allows all; policies still decide each action.
          "task": {
            "purpose": "",
            "effects": ["*"],
            "environments": ["*"],
            "servers": ["*"],
            "calls": 1000,
            "objects": 10000,
            "bytes": 104857600,
            "expiresAfter": "08:00:00",
            // How many levels of tasks may stand below it, and how many tasks it may create. A task that is created gets a part of this, never more.
            "depth": 0,
            "children": 0,
          },

          // What becomes of a call outside its task's mandate, even where policies allow it: "deny", or "hold" for a person.
          "mandate": { "outside": "deny" },

          "policies": {
            // Folder of .cedar files, beside this file.
            "folder": "policies",
            // What is tried first when the full action needs more assurance: a weaker form, or a hold for a person.
            "first": "downgrade",
            // "automatic" activates every edit without a person. For development only: an agent could edit its own policies.
            "activation": "confirm",
          },

          "holds": {
            // How long a call waits for a person before it answers with the hold's id.
            "wait": "00:00:50",
            // How long a hold can be approved.
            "expire": "01:00:00",
          },

          "listen": {
            // Where agents reach MCP over HTTP, with an enrolled key; "off" for nowhere.
            "http": "127.0.0.1:7411",
            // Further Host names and browser Origins to accept.
            "hosts": [],
            "origins": [],
          },

          // In bytes: the largest message to a server, the largest result of one call. And how long a server may take to answer one.
          "limits": { "requestBytes": 4194304, "resultBytes": 67108864, "callTimeout": "00:10:00" },

          // What is kept of calls, encrypted and erasable, beside the record: "none", "arguments", or "arguments-and-results".
          "record": { "payloads": "arguments" },

          // Who cosigns the record's log: the key and the address that `vetopoint witness` prints elsewhere.
          "witnesses": {
            // "audit": { "key": "audit.example.com/w1+…", "url": "https://audit.example.com/" },
          },

          // Where each entry of the record also goes, as an OCSF 1.8 event; nothing ever waits for it.
          "outputs": {
            // "local": { "file": "events/ocsf.jsonl" },
            // "siem": { "http": "https://siem.example/ingest", "headers": { "Authorization": "Bearer ${SIEM_TOKEN}" } },
            // "syslog": { "syslog": "tcp://127.0.0.1:514" },
          },
        }

        """;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class DefaultConfigJson : System.Text.Json.Serialization.JsonSerializerContext;
