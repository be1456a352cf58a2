using Vetopoint.Outputs.Sinks;

namespace Vetopoint.Outputs.Tests.Sinks;

public sealed class FileSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vpo").FullName;

    private string FilePath => Path.Combine(_folder, "below", "events.jsonl");

    [Fact]
    public async Task Appends_a_line_for_each_event_to_a_file_only_its_owner_can_read()
    {
        await using var sink = new FileSink(FilePath);

        await sink.DeliverAsync(SampleEvents.Numbered(1, 2), TestContext.Current.CancellationToken);
        await sink.DeliverAsync(SampleEvents.Numbered(3), TestContext.Current.CancellationToken);

        Assert.Equal(["""{"n":1,"t":"ä"}""", """{"n":2,"t":"ä"}""", """{"n":3,"t":"ä"}"""], await File.ReadAllLinesAsync(FilePath, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public async Task Makes_a_rotated_file_again()
    {
        await using var sink = new FileSink(FilePath);
        await sink.DeliverAsync(SampleEvents.Numbered(1), TestContext.Current.CancellationToken);
        File.Move(FilePath, FilePath + ".1");

        await sink.DeliverAsync(SampleEvents.Numbered(2), TestContext.Current.CancellationToken);

        Assert.Equal(["""{"n":2,"t":"ä"}"""], await File.ReadAllLinesAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Starts_on_a_line_of_its_own_after_a_delivery_that_was_cut_off()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "{\"n\":1}\n{\"n\":", TestContext.Current.CancellationToken);
        await using var sink = new FileSink(FilePath);

        await sink.DeliverAsync(SampleEvents.Numbered(2), TestContext.Current.CancellationToken);

        Assert.Equal(["{\"n\":1}", "{\"n\":", """{"n":2,"t":"ä"}"""], await File.ReadAllLinesAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Says_which_file_cannot_be_written()
    {
        Directory.CreateDirectory(FilePath);
        await using var sink = new FileSink(FilePath);

        var fault = await Assert.ThrowsAsync<OutputException>(
            () => sink.DeliverAsync(SampleEvents.Numbered(1), TestContext.Current.CancellationToken).AsTask());

        Assert.StartsWith(OutputCodes.File, fault.Message, StringComparison.Ordinal);
        Assert.Contains(FilePath, fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
