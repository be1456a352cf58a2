using System.Text.Json.Serialization;

namespace Vetopoint.Brokers.Http;

/// <summary>Texts and what is made of them, written as JSON without reflection.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class JsonText : JsonSerializerContext;
