using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary>The answer to an act that a person signed.</summary>
internal static class Acts
{
    public static void Show(Screen screen, ActResult result)
    {
        if (screen.Json)
        {
            screen.WriteJson(result, ApiJson.Default.ActResult);
            return;
        }

        screen.Line(result.Message);
        if (result.Key is { } key)
        {
            screen.Line("The key, shown this once; only its digest is kept:");
            screen.Line($"  {key}");
        }
    }
}
