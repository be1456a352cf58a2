using System.Globalization;
using System.Text;
using Vetopoint.Outputs.Sinks;

namespace Vetopoint.Outputs.Tests.Sinks;

internal static class SampleEvents
{
    public static List<OutputEvent> Numbered(params IEnumerable<int> numbers) =>
    [
        .. numbers.Select(number => new OutputEvent(
            number, DateTimeOffset.UnixEpoch, 4, "intent", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{number}},"t":"ä"}""")))),
    ];
}
