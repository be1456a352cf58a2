using System.Text.Json.Serialization;
using Vetopoint.Cli.Clients;

namespace Vetopoint.Cli;

/// <summary>The command's own files and <c>--json</c> shapes: camelCase, without nulls, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AdoptionRecord))]
[JsonSerializable(typeof(ScanReport))]
[JsonSerializable(typeof(AdoptReport))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(Commands.VerifyReport))]
[JsonSerializable(typeof(Commands.EntryList))]
[JsonSerializable(typeof(Commands.QueryReport))]
[JsonSerializable(typeof(Commands.FoundView))]
[JsonSerializable(typeof(Commands.EntryReport))]
[JsonSerializable(typeof(Commands.UnresolvedReport))]
[JsonSerializable(typeof(Tasks.TaskReport))]
[JsonSerializable(typeof(Tasks.TaskListReport))]
[JsonSerializable(typeof(Commands.PayloadReport))]
[JsonSerializable(typeof(Commands.CosignReport))]
[JsonSerializable(typeof(Commands.ProofReport))]
[JsonSerializable(typeof(Commands.InitReport))]
[JsonSerializable(typeof(Commands.ApproverList))]
[JsonSerializable(typeof(Homes.DoctorReport))]
[JsonSerializable(typeof(Commands.PolicyCheckReport))]
[JsonSerializable(typeof(Cedar.CedarCheckReport))]
[JsonSerializable(typeof(Cedar.CedarFormatReport))]
[JsonSerializable(typeof(Cedar.CedarEvalReport))]
[JsonSerializable(typeof(Cedar.CedarSchemaReport))]
[JsonSerializable(typeof(Cedar.ConformanceReport))]
[JsonSerializable(typeof(Commands.AcceptReport))]
[JsonSerializable(typeof(Commands.KeysReport))]
[JsonSerializable(typeof(Commands.WorkloadKeyReport))]
[JsonSerializable(typeof(Commands.BackupReport))]
[JsonSerializable(typeof(Commands.ErrorAnswer))]
internal sealed partial class CliJson : JsonSerializerContext;
