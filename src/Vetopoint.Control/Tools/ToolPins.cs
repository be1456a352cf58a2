using System.Collections.Concurrent;
using System.Collections.Immutable;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tools;

/// <summary>The pinned definitions of every server's tools, from the engine's chain.</summary>
public sealed class ToolPins
{
    private const string DigestPrefix = "sha256:";

    private const string NotTaken =
        "The server offered this tool twice, or with a definition that cannot be read exactly: what a call would reach is not known.";

    private readonly EngineChain _chain;
    private readonly ContentStore _contents;

    /// <summary>Definitions by digest. Owned by the chain's turn.</summary>
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _definitions = new(StringComparer.Ordinal);

    /// <summary>
    /// Tools without a pin whose definition was not taken. Not in the record, as there is no pin to change: after a restart the tool is
    /// unknown, and the gate asks for the list before it judges a call to it.
    /// </summary>
    private readonly ConcurrentDictionary<string, bool> _unpinnable = new(StringComparer.Ordinal);

    /// <summary>Swapped whole by the chain's turn; read by anyone.</summary>
    private ImmutableSortedDictionary<string, Pin> _pins = ImmutableSortedDictionary.Create<string, Pin>(StringComparer.Ordinal);

    internal ToolPins(EngineChain chain, ContentStore contents)
    {
        _chain = chain;
        _contents = contents;
        chain.Follow(Apply);
    }

    private static ReadOnlyMemory<byte> NoDefinition { get; } = "{}"u8.ToArray();

    /// <summary>The pin a call to this tool is read with; null when the server never offered such a tool.</summary>
    public PinnedTool? Find(string server, string tool) => FindPin(server, tool)?.Tool;

    /// <summary>Every pin, by server and name.</summary>
    public IReadOnlyList<PinnedTool> List() => [.. Volatile.Read(ref _pins).Values.Select(pin => pin.Tool)];

    /// <summary>Other servers that offer a tool of the same name with another definition: a person may take one for the other.</summary>
    public IReadOnlyList<string> AlsoOfferedBy(PinnedTool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return
        [
            .. List().Where(other => other.Name == tool.Name && other.Server != tool.Server && other.Digest != tool.Digest)
                .Select(other => other.Server),
        ];
    }

    /// <summary>
    /// Takes what a server offers now, before the list is released to anyone: pins tools seen for the first time
    /// (unreviewed), and marks those that changed or look suspicious. Durable when it returns.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="offered">One page of its list, or all of it.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <returns>The pins as they are now, in the order offered.</returns>
    /// <exception cref="LedgerException">It could not be recorded: release nothing.</exception>
    /// <exception cref="IOException">A definition could not be kept: release nothing.</exception>
    public async Task<IReadOnlyList<PinnedTool>> ObserveAsync(
        string server, IReadOnlyList<OfferedTool> offered, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(server);
        ArgumentNullException.ThrowIfNull(offered);
        if (offered.Any(tool => EntriesFor(server, tool).Any()))
        {
            await _chain.ChangeAsync(
                async turn =>
                {
                    // Asked again: another list may have been taken meanwhile.
                    var entries = offered.SelectMany(tool => EntriesFor(server, tool)).ToList();
                    if (List().Count(pin => pin.Server == server) + entries.Count > ControlLimits.ToolsPerServerMax)
                        throw new LedgerException($"{ControlCodes.TooLarge}: The server `{server}` offers too many tools. Split it.");
                    foreach (var tool in offered)
                        await KeepAsync(tool);
                    await turn.AppendAsync(entries);
                    return entries.Count;
                },
                cancellationToken);
        }

        return [.. offered.Select(tool => Find(server, tool.Name)!)];
    }

    /// <summary>
    /// Takes that a server offers tools in a way that leaves open what a call would reach: twice, or with a definition that is not
    /// taken. Such a definition is never a pin, and whoever has one is held until a person looks. Durable when it returns.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="tools">The names it used.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <exception cref="LedgerException">It could not be recorded: release nothing.</exception>
    public async Task DistrustAsync(string server, IReadOnlyList<string> tools, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(server);
        ArgumentNullException.ThrowIfNull(tools);
        foreach (var tool in tools.Where(tool => Find(server, tool) is null))
        {
            if (_unpinnable.Count >= ControlLimits.ToolsPerServerMax && !_unpinnable.ContainsKey(Key(server, tool)))
                throw new LedgerException($"{ControlCodes.TooLarge}: The server `{server}` offers too many tools that cannot be read.");
            _unpinnable[Key(server, tool)] = true;
        }

        if (tools.Any(tool => DoubtFor(server, tool) is not null))
        {
            await _chain.ChangeAsync(
                async turn =>
                {
                    var entries = tools.Distinct(StringComparer.Ordinal).Select(tool => DoubtFor(server, tool)).OfType<EntryBody>().ToList();
                    await turn.AppendAsync(entries);
                    return entries.Count;
                },
                cancellationToken);
        }
    }

    /// <summary>Why a call to this tool waits for a person; null when nothing is known against it.</summary>
    internal string? SuspicionOf(string server, string tool) =>
        Find(server, tool) is { } pin ? pin.Suspicion : _unpinnable.ContainsKey(Key(server, tool)) ? NotTaken : null;

    /// <summary>Maps the arguments of a call with the type its pin gives them.</summary>
    internal (CedarRecord Input, bool Understood) Map(JsonInput input) =>
        (input.Tool is { } tool && FindPin(input.Server, tool) is { } pin ? pin.Shape : InputShape.Unknown).Map(input.Json.Span);

    /// <summary>The type of <c>context.input</c> over all pinned tools.</summary>
    internal RecordType InputType() => InputShape.Merge(Volatile.Read(ref _pins).Values.Select(pin => pin.Shape));

    /// <summary>Reads the definitions of every pin, once the chain was replayed.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, pin) in _pins)
        {
            var definition = await ReadAsync(pin.Tool.Digest, cancellationToken);
            var offered = pin.Tool.OfferedDigest is { } digest ? await ReadAsync(digest, cancellationToken) : null;
            var tool = pin.Tool with
            {
                Definition = definition ?? NoDefinition,
                Offered = offered,
                Suspicion = definition is null ? "The pinned definition of this tool is not kept any more. Look at it again." : pin.Tool.Suspicion,
            };
            _pins = _pins.SetItem(key, new Pin(tool, InputShape.Of(tool.Definition)));
        }
    }

    private static string Key(string server, string tool) => $"{server}\n{tool}";

    private Pin? FindPin(string server, string tool) => Volatile.Read(ref _pins).GetValueOrDefault(Key(server, tool));

    /// <summary>What has to be recorded of an offered tool; nothing when it is as known.</summary>
    private IEnumerable<EntryBody> EntriesFor(string server, OfferedTool tool)
    {
        var pin = Find(server, tool.Name);
        var findings = string.Join(" ", tool.Findings.IsDefault ? [] : tool.Findings);
        if (pin is null)
        {
            yield return new ToolPinned(server, tool.Name, tool.Digest, Reviewed: false, By: null, Proof: null);
            if (_unpinnable.ContainsKey(Key(server, tool.Name)))
                findings = findings.Length == 0 ? NotTaken : $"{NotTaken} {findings}";
            if (findings.Length > 0)
                yield return new ToolChanged(server, tool.Name, tool.Digest, tool.Digest, findings);
        }
        else if (tool.Digest != pin.Digest && tool.Digest != pin.OfferedDigest)
        {
            var what = "The server offers another definition of this tool than the one that was pinned. Look at the difference (`vetopoint tools diff`).";
            yield return new ToolChanged(server, tool.Name, pin.Digest, tool.Digest, findings.Length == 0 ? what : $"{what} {findings}");
        }
    }

    /// <summary>
    /// What has to be recorded of a pinned tool whose definition is not taken; nothing when that is recorded. The definition itself is
    /// not kept: a person can only accept one that can be read.
    /// </summary>
    private ToolChanged? DoubtFor(string server, string tool)
    {
        if (Find(server, tool) is not { } pin || pin.Suspicion?.StartsWith(NotTaken, StringComparison.Ordinal) == true)
            return null;
        return new ToolChanged(
            server, tool, pin.Digest, pin.OfferedDigest ?? pin.Digest, pin.Suspicion is { } before ? $"{NotTaken} {before}" : NotTaken);
    }

    private void Apply(Entry entry)
    {
        switch (entry.Body)
        {
            // A pin that a person accepted, or the first of its tool.
            case ToolPinned pinned:
                Set(pinned.Server, pinned.Tool, new PinnedTool(
                    pinned.Server, pinned.Tool, pinned.Definition, DefinitionOf(pinned.Definition), pinned.Reviewed, Suspicion: null));
                break;

            // What changed stays suspicious until a person accepts a pin, also when the server takes it back.
            case ToolChanged changed when Find(changed.Server, changed.Tool) is { } pin:
                var other = changed.Offered != pin.Digest;
                Set(changed.Server, changed.Tool, pin with
                {
                    Suspicion = changed.What,
                    OfferedDigest = other ? changed.Offered : null,
                    Offered = other ? DefinitionOf(changed.Offered) : null,
                });
                break;
        }
    }

    private void Set(string server, string tool, PinnedTool pin) =>
        Volatile.Write(ref _pins, _pins.SetItem(Key(server, tool), new Pin(pin, InputShape.Of(pin.Definition))));

    private ReadOnlyMemory<byte> DefinitionOf(string digest) => _definitions.GetValueOrDefault(digest, NoDefinition);

    private async Task KeepAsync(OfferedTool tool)
    {
        if (tool.Definition.Length > ControlLimits.ToolDefinitionBytesMax || NameOf(tool.Digest) is not { } name)
            throw new LedgerException($"{ControlCodes.TooLarge}: The definition of the tool `{tool.Name}` is too large, or has no SHA-256 digest.");
        await _contents.KeepAsync(name, tool.Definition, CancellationToken.None);
        _definitions[tool.Digest] = tool.Definition;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(string digest, CancellationToken cancellationToken)
    {
        if (_definitions.TryGetValue(digest, out var known))
            return known;
        if (NameOf(digest) is not { } name)
            return null;
        try
        {
            var content = await _contents.ReadAsync(
                name, static content => ToolDefinition.TryParse(content, out var tool, out _) ? NameOf(tool.Digest) : null, cancellationToken);
            if (content is { } definition)
                _definitions[digest] = definition;
            return content;
        }
        catch (InvalidDataException)
        {
            return null; // it is not what was pinned: the same as not being there
        }
    }

    /// <summary>The digest as the store names it: without the word for the algorithm.</summary>
    private static string? NameOf(string digest)
    {
        var name = digest.StartsWith(DigestPrefix, StringComparison.Ordinal) ? digest[DigestPrefix.Length..] : digest;
        return name.Length == 64 && name.All(char.IsAsciiHexDigitLower) ? name : null;
    }

    private sealed record Pin(PinnedTool Tool, InputShape Shape);
}
