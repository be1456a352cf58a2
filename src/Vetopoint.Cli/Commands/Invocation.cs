using System.CommandLine;
using System.Globalization;
using Vetopoint.Api;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Cli.Commands;

/// <summary>One run of one command. Turns whatever goes wrong into a sentence and an exit code, in one place.</summary>
internal sealed class Invocation
{
    private readonly ParseResult _parsed;

    private Invocation(ParseResult parsed)
    {
        _parsed = parsed;
        Home = HomeDirectory.Resolve(parsed.GetValue(CommonOptions.Home));
        Screen = new Screen(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(CommonOptions.Json));
    }

    public HomeDirectory Home { get; }

    public Screen Screen { get; }

    public T? Get<T>(Option<T> option) => _parsed.GetValue(option);

    /// <summary>An argument that may be left out.</summary>
    public T? Find<T>(Argument<T> argument) => _parsed.GetValue(argument);

    public T Get<T>(Argument<T> argument) => _parsed.GetRequiredValue(argument);

    public static async Task<int> RunAsync(
        ParseResult parsed, Func<Invocation, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        var invocation = new Invocation(parsed);
        try
        {
            return await action(invocation, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (CliException e)
        {
            return invocation.Fail(e.Code, e.Message, e.Help, e.ExitCode);
        }
        catch (EngineUnreachableException e)
        {
            var (code, message) = Split(e.Message, "VP1201");
            return invocation.Fail(code, message, "", ExitCodes.EngineUnreachable);
        }
        catch (EngineRefusalException e)
        {
            return invocation.Fail(e.Refusal);
        }
        catch (LedgerException e)
        {
            var (code, message) = Split(e.Message, "VP6000");
            return invocation.Fail(code, message, "", ExitCodes.Problem);
        }
        catch (ProblemException e)
        {
            return invocation.Fail([.. e.Problems]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return invocation.Fail("VP1399", e.Message, "`vetopoint doctor` checks what this command needs.", ExitCodes.Problem);
        }
    }

    /// <summary>Local time, short.</summary>
    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private int Fail(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems.SkipLast(1))
            Screen.Error(problem.ToString());
        var last = problems[^1];
        return Fail(last.Code, last.Message, last.Help, ExitCodes.Problem);
    }

    private int Fail(ApiRefusal refusal)
    {
        foreach (var problem in refusal.Problems ?? [])
            Screen.Error(problem.ToProblem().ToString());
        return Fail(refusal.Code, refusal.Title, refusal.Detail ?? "", ExitCodes.Problem);
    }

    private int Fail(string code, string message, string help, int exitCode)
    {
        if (Screen.Json)
            Screen.WriteJson(new ErrorAnswer(new CommandError(code, message, help.Length > 0 ? help : null)), CliJson.Default.ErrorAnswer);
        Screen.Error($"{code}: {message} {help}".TrimEnd());
        return exitCode;
    }

    private static (string Code, string Message) Split(string message, string unknown) =>
        message.Split(": ", 2) is [{ Length: 6 } code, var rest] && code.StartsWith("VP", StringComparison.Ordinal) ? (code, rest) : (unknown, message);
}

/// <summary>The <c>--json</c> shape of a command that failed.</summary>
internal sealed record ErrorAnswer(CommandError Error);

internal sealed record CommandError(string Code, string Message, string? Help);
