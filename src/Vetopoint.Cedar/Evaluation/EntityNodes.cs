using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

internal sealed class AttributeNode(Node target, string name) : Node
{
    // Written by any thread, without a lock: a wrong hint costs a search and nothing else.
    private int _hint;

    public override Operand Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        if (value.IsError)
            return value;
        if (value.Object is CedarRecord record)
        {
            return record.TryGet(name, ref _hint, out var attribute)
                ? Operand.Of(attribute)
                : frame.Fail($"the record does not have the attribute `{name}`");
        }

        return value.Object is EntityUid uid ? OfEntity(ref frame, uid) : frame.FailType("record or entity", value);
    }

    private Operand OfEntity(ref Frame frame, EntityUid uid)
    {
        var lookup = frame.Find(uid);
        return lookup.Presence switch
        {
            EntityPresence.Found => lookup.Entity!.Attributes.TryGet(name, ref _hint, out var attribute)
                ? Operand.Of(attribute)
                : frame.Fail($"entity `{uid}` does not have the attribute `{name}`"),
            EntityPresence.Absent => frame.Fail($"entity `{uid}` does not exist"),
            EntityPresence.Unavailable => frame.FailUnavailable(uid),
        };
    }
}

/// <summary><c>target has a.b.c</c>: false at the first attribute that is missing.</summary>
internal sealed class HasNode(Node target, string[] path) : Node
{
    // As in an attribute's node, one for each name.
    private readonly int[] _hints = new int[path.Length];

    public override Operand Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        if (value.IsError)
            return value;
        for (var i = 0; i < path.Length; i++)
        {
            CedarValue? attribute = null;
            if (value.Object is CedarRecord record)
            {
                record.TryGet(path[i], ref _hints[i], out attribute);
            }
            else if (value.Object is EntityUid uid)
            {
                var lookup = frame.Find(uid);
                if (lookup.Presence == EntityPresence.Unavailable)
                    return frame.FailUnavailable(uid);
                lookup.Entity?.Attributes.TryGet(path[i], ref _hints[i], out attribute);
            }
            else
            {
                return frame.FailType("record or entity", value);
            }

            if (attribute is null)
                return Operand.Of(false);
            value = Operand.Of(attribute);
        }

        return Operand.Of(true);
    }
}

internal sealed class InNode(Node left, Node right) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsError)
            return first;
        var second = right.Evaluate(ref frame);
        if (second.IsError)
            return second;
        if (first.Object is not EntityUid uid)
            return frame.FailType("entity", first);
        if (second.Object is EntityUid ancestor)
            return frame.IsIn(uid, ancestor);
        return second.Object is CedarSet set ? IsInAny(ref frame, uid, set) : frame.FailType("entity or set of entities", second);
    }

    private static Operand IsInAny(ref Frame frame, EntityUid uid, CedarSet set)
    {
        foreach (var element in set.Elements)
            if (element is not EntityUid)
                return frame.FailType("entity", Operand.Of(element));
        if (set.Contains(uid))
            return Operand.Of(true);
        if (set.Count == 0)
            return Operand.Of(false);
        var lookup = frame.Find(uid);
        if (lookup.Presence == EntityPresence.Unavailable)
            return frame.FailUnavailable(uid);
        if (lookup.Entity is null)
            return Operand.Of(false);
        foreach (var element in set.Elements)
            if (lookup.Entity.Ancestors.Contains((EntityUid)element))
                return Operand.Of(true);
        return Operand.Of(false);
    }
}

internal sealed class IsNode(Node target, string typeName, Node? ancestor) : Node
{
    private readonly InNode? _in = ancestor is null ? null : new InNode(target, ancestor);

    public override Operand Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        if (value.IsError)
            return value;
        if (value.Object is not EntityUid uid)
            return frame.FailType("entity", value);
        var isType = string.Equals(uid.Type, typeName, StringComparison.Ordinal);
        return isType && _in is not null ? _in.Evaluate(ref frame) : Operand.Of(isType);
    }
}

internal sealed class TagNode(Node target, Node key, bool isTest) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var value = target.Evaluate(ref frame);
        if (value.IsError)
            return value;
        var tag = key.Evaluate(ref frame);
        if (tag.IsError)
            return tag;
        if (value.Object is not EntityUid uid)
            return frame.FailType("entity", value);
        if (tag.Object is not CedarString name)
            return frame.FailType("string", tag);
        var lookup = frame.Find(uid);
        if (lookup.Presence == EntityPresence.Unavailable)
            return frame.FailUnavailable(uid);
        CedarValue? found = null;
        lookup.Entity?.Tags.TryGet(name.Value, out found);
        if (isTest)
            return Operand.Of(found is not null);
        if (found is not null)
            return Operand.Of(found);
        return frame.Fail(lookup.Entity is null
            ? $"entity `{uid}` does not exist"
            : $"entity `{uid}` does not have the tag it is asked for");
    }
}
