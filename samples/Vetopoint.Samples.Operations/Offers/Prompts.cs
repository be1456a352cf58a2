using System.ComponentModel;
using ModelContextProtocol.Server;

namespace Vetopoint.Samples.Operations.Offers;

/// <summary>Prompts: work a person can hand to an agent in one go.</summary>
[McpServerPromptType]
internal sealed class Prompts
{
    [McpServerPrompt(Name = "clean_up_test_data")]
    [Description("Asks the agent to clean up the test data of an environment.")]
    public static string CleanUp([Description("The environment to clean.")] string environment) =>
        $"Clean up the test data in {environment}. Read the runbook ops://runbooks/test-data first. Count before and after.";
}
