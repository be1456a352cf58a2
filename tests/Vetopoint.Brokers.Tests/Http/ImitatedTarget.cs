using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vetopoint.Brokers.Tests.Http;

/// <summary>A target on loopback that answers as a test says, and keeps what it was asked.</summary>
internal sealed class ImitatedTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ImitatedTarget(WebApplication app, ConcurrentQueue<Question> questions, Uri address) => (_app, Questions, Address) = (app, questions, address);

    public ConcurrentQueue<Question> Questions { get; }

    /// <summary>Ends with a slash.</summary>
    public Uri Address { get; }

    public static async Task<ImitatedTarget> StartAsync(Func<Question, (int Status, string Body)> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var questions = new ConcurrentQueue<Question>();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var question = new Question(
                context.Request.Method, context.Request.Path.Value ?? "", await reader.ReadToEndAsync(),
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            questions.Enqueue(question);
            var (status, body) = answer(question);
            context.Response.StatusCode = status;
            if (status is 301 or 302 or 307)
                context.Response.Headers.Location = body;
            else if (status != StatusCodes.Status204NoContent)
                await context.Response.WriteAsync(body);
        });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ImitatedTarget(app, questions, new Uri(address + "/"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed record Question(string Method, string Path, string Body, Dictionary<string, string> Headers);
}
