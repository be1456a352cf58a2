using System.CommandLine;
using System.Text;
using Vetopoint.Cli.Commands;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Cli.Tests.Records;

/// <summary><c>ledger tail -f</c></summary>
public sealed class FollowTests : IAsyncLifetime
{
    private readonly RecordHome _home = new();
    private readonly SampleRecord _sample = new();

    public async ValueTask InitializeAsync() => await _home.AppendAsync(_sample.Entries);

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _sample.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entries_are_shown_as_they_become_durable_and_only_those_that_were_asked_for(bool lines)
    {
        using var output = new WatchedText();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        string[] arguments = ["ledger", "tail", "-f", "-n", "1", "--verdict", "deny", "--home", _home.FolderPath, .. lines ? ["--jsonl"] : Array.Empty<string>()];
        var following = VetopointCommand.Create([]).Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, stop.Token);
        await output.WhenContains("b.3");

        await _home.AppendAsync([_sample.A.Next(SampleBodies.Allowed("a.9")), _sample.A.Next(SampleBodies.Denied("a.10") with { Uses = null }), _sample.A.Next(new TaskEnded("over"))]);
        await output.WhenContains("a.10");
        await _home.AppendAsync([_sample.B.Next(SampleBodies.Denied("b.11") with { Uses = null, Name = "two\nlines" })]);
        await output.WhenContains("b.11");

        await stop.CancelAsync();
        Assert.Equal(130, await following);
        var shown = output.ToString();
        Assert.DoesNotContain("a.9", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("over", shown, StringComparison.Ordinal);
        Assert.Equal(lines ? 3 : 4, shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    /// <summary>What a command has written so far, and when it has written something.</summary>
    private sealed class WatchedText : StringWriter
    {
        private readonly Lock _lock = new();
        private readonly List<(string Text, TaskCompletionSource Written)> _awaited = [];

        public override Encoding Encoding => Encoding.UTF8;

        public Task WhenContains(string text)
        {
            lock (_lock)
            {
                var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited.Add((text, written));
                Tell();
                return written.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            }
        }

        public override void Write(char value)
        {
            lock (_lock)
            {
                base.Write(value);
                Tell();
            }
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_lock)
            {
                base.Write(buffer, index, count);
                Tell();
            }
        }

        public override void Write(string? value)
        {
            lock (_lock)
            {
                base.Write(value);
                Tell();
            }
        }

        public override void WriteLine(string? value) => Write(value + "\n");

        private void Tell()
        {
            foreach (var (text, written) in _awaited)
            {
                if (GetStringBuilder().ToString().Contains(text, StringComparison.Ordinal))
                    written.TrySetResult();
            }
        }
    }
}
