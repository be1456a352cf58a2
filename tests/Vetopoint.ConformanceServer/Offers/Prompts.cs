using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Vetopoint.ConformanceServer.Tools;

namespace Vetopoint.ConformanceServer.Offers;

/// <summary>Prompts of each shape.</summary>
[McpServerPromptType]
internal sealed class Prompts
{
    [McpServerPrompt(Name = "test_simple_prompt"), Description("Plain text.")]
    public static string Simple() => "This is a simple prompt for testing.";

    [McpServerPrompt(Name = "test_prompt_with_arguments"), Description("Text with two arguments.")]
    public static string WithArguments(
        [Description("First test argument")] string arg1, [Description("Second test argument")] string arg2) =>
        $"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'";

    [McpServerPrompt(Name = "test_prompt_with_embedded_resource"), Description("With a resource.")]
    public static IEnumerable<PromptMessage> WithResource([Description("URI of the resource")] string resourceUri) =>
    [
        User(Samples.Embedded(resourceUri, "text/plain", "Embedded resource content for testing.")),
        User(Samples.Text("Please process the embedded resource above.")),
    ];

    [McpServerPrompt(Name = "test_prompt_with_image"), Description("With an image.")]
    public static IEnumerable<PromptMessage> WithImage() =>
        [User(Samples.Image()), User(Samples.Text("Please analyze the image above."))];

    [McpServerPrompt(Name = "test_input_required_result_prompt"), Description("Asks for its context.")]
    public static string Asking(RequestContext<GetPromptRequestParams> context) =>
        context.Params.InputResponses?.ContainsKey("user_context") == true
            ? "The context was given."
            : throw InputTools.Ask(("user_context", Questions.ForName("What context should the prompt use?", "context")));

    private static PromptMessage User(ContentBlock content) => new() { Role = Role.User, Content = content };
}
