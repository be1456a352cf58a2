using System.Text.Json.Serialization;

namespace Vetopoint.Samples.Session.Showing;

[JsonSerializable(typeof(string))]
internal sealed partial class ScreenJson : JsonSerializerContext;
