using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Tasks;

/// <summary>Reads tasks from the record, each with the tasks that it created.</summary>
internal sealed class TaskStories(SqliteLedgerReader reader, LedgerSearch search)
{
    /// <summary>Tasks that one tree tells; what is beyond is named.</summary>
    public const int TasksMax = 200;

    /// <summary>Tasks below one another that one tree tells.</summary>
    public const int DepthMax = 16;

    private int _told;

    /// <exception cref="CliException">There is no such task.</exception>
    public async Task<TaskStory> ReadAsync(string task, CancellationToken cancellationToken) =>
        await ReadAsync(task, depth: 0, cancellationToken)
        ?? throw new CliException("VP1436", $"The record has no task `{task}`.", "`vetopoint task list` shows them.", ExitCodes.Problem);

    private async Task<TaskStory?> ReadAsync(string task, int depth, CancellationToken cancellationToken)
    {
        TaskStory? story = null;
        await foreach (var entry in reader.ReadTaskAsync(task, 1, cancellationToken))
        {
            if (entry.Body is TaskOpened opened && story is null)
                story = new TaskStory(entry, opened);
            else
                story?.Add(entry);
        }

        if (story is null)
            return null;
        _told++;
        await AddCreatedAsync(story, depth, cancellationToken);
        return story;
    }

    private async Task AddCreatedAsync(TaskStory story, int depth, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery { Parent = story.Task, Kind = EntryKinds.TaskOpened, OldestFirst = true, Limit = TasksMax };
        foreach (var (_, entry, opened) in search.Find(query, cancellationToken).Entries)
        {
            // A record that was not made by an engine could have tasks that created each other: the depth ends it.
            if (_told >= TasksMax || depth + 1 >= DepthMax || await ReadAsync(entry.Task, depth + 1, cancellationToken) is not { } created)
                story.NotTold.Add(entry.Task);
            else if (story.Find(opened!.Parent!) is { } attempt)
                attempt.Created.Add(created);
            else
                story.CreatedOtherwise.Add(created);
        }
    }
}
