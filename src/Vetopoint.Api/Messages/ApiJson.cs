using System.Text.Json.Serialization;

namespace Vetopoint.Api.Messages;

/// <summary>How every message of the API is written: camelCase, without nulls, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(EngineStatus))]
[JsonSerializable(typeof(LedgerHeadView))]
[JsonSerializable(typeof(HoldList))]
[JsonSerializable(typeof(HoldView))]
[JsonSerializable(typeof(AttemptView))]
[JsonSerializable(typeof(ToolList))]
[JsonSerializable(typeof(ToolDiff))]
[JsonSerializable(typeof(PoliciesView))]
[JsonSerializable(typeof(ObserveReport))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(LeaseList))]
[JsonSerializable(typeof(SecretList))]
[JsonSerializable(typeof(SecretValue))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(ChallengeRequest))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(ActDetails))]
[JsonSerializable(typeof(ActRequest))]
[JsonSerializable(typeof(ActResult))]
[JsonSerializable(typeof(ApiRefusal))]
[JsonSerializable(typeof(FirstApprover))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(ChildTaskRequest))]
[JsonSerializable(typeof(ChildTaskView))]
[JsonSerializable(typeof(ChildTaskHeld))]
[JsonSerializable(typeof(StdioHello))]
[JsonSerializable(typeof(StdioAnswer))]
[JsonSerializable(typeof(ProblemView[]))]
public sealed partial class ApiJson : JsonSerializerContext;
