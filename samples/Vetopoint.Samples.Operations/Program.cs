using Vetopoint.Samples.Operations;
using Vetopoint.Samples.Operations.Company;

const int Usage = 2;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return Usage;
}

var area = new Area(arguments.Data);
Seed.Ensure(area);
if (!arguments.SeedOnly)
    await OperationsServer.RunAsync(arguments, area);
return 0;
