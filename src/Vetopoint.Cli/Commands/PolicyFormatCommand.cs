using System.CommandLine;
using Vetopoint.Cedar.Formatting;
using Vetopoint.Cli.Cedar;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint policy format</c></summary>
internal static class PolicyFormatCommand
{
    public static TaughtCommand Create()
    {
        var paths = new Argument<string[]>("FILE") { Description = "Policies in text", Arity = ArgumentArity.OneOrMore };
        var write = new Option<bool>("--write") { Description = "Write the files instead of printing them" };
        var check = new Option<bool>("--check") { Description = "Only say which files are laid out otherwise; exit code 1 when one is" };
        var command = new TaughtCommand(
            "format",
            "Lays policies out in one way. Comments stay where they are, and the policies mean the same. A file with a mistake is left as it is, "
            + "with exit code 1.",
            "vetopoint policy format policies/ops.cedar",
            "vetopoint policy format --write policies/*.cedar",
            "vetopoint policy format --check policies/*.cedar")
        {
            paths, write, check,
        };
        command.Does((run, _) => Task.FromResult(Format(run, run.Get(paths), run.Get(write), run.Get(check))));
        return command;
    }

    private static int Format(Invocation run, string[] paths, bool write, bool check)
    {
        if (write && check)
            throw new CliException("VP1503", "`--write` and `--check` exclude each other.", "Give one of them.", ExitCodes.Usage);
        var files = new CedarFiles();
        var formatted = new List<CedarFormatted>();
        foreach (var path in paths)
        {
            var source = files.Read(path);
            var result = PolicyFormatter.Format(source);
            files.Add(result.Problems);
            if (result.Text is not { } text)
                continue;
            var changed = text != source.Text;
            if (write && changed)
                File.WriteAllText(path, text);
            formatted.Add(new CedarFormatted(path, changed, write || check ? null : text));
        }

        if (run.Screen.Json)
            run.Screen.WriteJson(new CedarFormatReport([.. formatted], CedarProblems.Of(files)), CliJson.Default.CedarFormatReport);
        else
            Show(run, files, formatted);
        return files.HasErrors || (check && formatted.Exists(file => file.Changed)) ? ExitCodes.Problem : ExitCodes.Done;
    }

    private static void Show(Invocation run, CedarFiles files, List<CedarFormatted> formatted)
    {
        CedarProblems.Show(run.Screen, files);
        foreach (var file in formatted)
        {
            if (file.Text is not null)
                run.Screen.Text(file.Text);
            else if (file.Changed)
                run.Screen.Line(file.File);
        }
    }
}
