using Vetopoint.Samples.Session;
using Vetopoint.Samples.Session.Accounting;
using Vetopoint.Samples.Session.Playing;
using Vetopoint.Samples.Session.Recording;
using Vetopoint.Samples.Session.Showing;

const int Unexpected = 1;
const int Usage = 2;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return Usage;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};
var cancel = interrupted.Token;
var stage = arguments.Stage;
var screen = new Screen();
var person = new Person(stage);

// 1. The company twice, a home with a person's key, and the demo's own config and policy, activated by that person.
var script = await SessionScript.LoadAsync(arguments.Session, cancel);
screen.ShowBeginning(script);
foreach (var data in new[] { stage.Data, stage.DirectData })
    (await Command.RunAsync(stage.Server, ["--data", data, "--seed"], cancel)).Checked("operations-server --seed");
var before = CompanySnapshot.Take(stage.Data);
screen.ShowStep($"vetopoint init --home {stage.Home}");
(await person.InitAsync(cancel)).Checked("init");
Site.Install(stage);
screen.ShowStep("vetopoint policy activate   (the person types the passphrase)");
(await person.ActivateAsync(cancel)).Checked("policy activate");

// 2. The session through Vetopoint, and once more with nothing in between.
var surprises = await new Player(stage, person, screen).PlayAsync(script, cancel);
await Player.PlayDirectlyAsync(stage, script, cancel);

// 3. What that made of the company, and what the record says.
var account = Account.Of(before, CompanySnapshot.Take(stage.DirectData), CompanySnapshot.Take(stage.Data));
screen.ShowAccount(account);
var verified = await Command.RunAsync(stage.Vetopoint, ["ledger", "verify", "--home", stage.Home], cancel);
screen.ShowLedger(verified.Output);
verified.Checked("ledger verify");
if (!arguments.Keep)
    (await Command.RunAsync(stage.Vetopoint, ["stop", "--home", stage.Home], cancel)).Checked("stop");
screen.ShowNext(stage.Vetopoint, stage.Home, arguments.Keep);
var harm = account.Count(line => line.Harm && line.With > 0);
screen.ShowResult(script.Steps.Length, surprises, harm);
return surprises.Count == 0 && harm == 0 ? 0 : Unexpected;
