using System.Diagnostics;
using System.Text;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Testing.Cedar.Generation;

namespace Vetopoint.Testing.Cedar.Bytes;

/// <summary>Bytes that no one meant well, for every reader: valid texts with damage, repetition and nesting, and pure noise.</summary>
public static class HostileBytes
{
    /// <summary>Smaller inputs cannot end a process, and are not worth a write to disk each.</summary>
    public const int RememberedFrom = 2_000;

    private const int DamagesMax = 8;
    private const int RepeatsMax = 3_000;
    private const int NoiseMax = 300;

    /// <summary>What reading may allocate: so much for each byte, and a little for each try.</summary>
    private const long BytesPerByteMax = 4_000;
    private const long BytesMax = 4_000_000;

    /// <summary>Far beyond what the largest input takes, so that only a hang is one.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "{", "}", "!", "-", "if ", " then ", " else ", "\"", "\\", "::", "a.", ".a", " && ", " || ", " in ", " has ", "?principal", "Set<",
        "permit(principal,action,resource);", "//", "\u0000", "\uFEFF", "9223372036854775808", "\\u{110000}", "{\"a\":", "[[", "\"__entity\":", "\"__extn\":", "1e9", "null",
    ];

    public static HostileInput Make(ulong seed)
    {
        var dice = new Dice(seed);
        var reader = dice.Pick(HostileReader.Policies, HostileReader.Schema, HostileReader.PolicyJson, HostileReader.PolicySetJson, HostileReader.SchemaJson, HostileReader.Entities, HostileReader.EntityProblems, HostileReader.Input);
        if (dice.Chance(10))
            return new HostileInput(reader, [.. Enumerable.Range(0, dice.Next(NoiseMax)).Select(_ => (byte)dice.Next(256))]);
        var bytes = Encoding.UTF8.GetBytes(Valid(reader, seed)).ToList();
        for (var damage = 1 + dice.Next(DamagesMax); damage > 0; damage--)
            Damage(bytes, dice);
        return new HostileInput(reader, [.. bytes]);
    }

    /// <summary>What is wrong with how an input is read; null when nothing is.</summary>
    public static string? Try(HostileInput input)
    {
        var start = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        string? found;
        try
        {
            found = Read(input);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Broad on purpose: a reader that throws anything it does not document has a defect, whatever it throws.
            found = $"It threw {fault.GetType().Name}: {fault.Message}";
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > BytesMax + (BytesPerByteMax * input.Bytes.Length))
            found ??= $"It allocated {allocated} bytes for {input.Bytes.Length}.";
        if (Stopwatch.GetElapsedTime(start) > Hang)
            found ??= $"It took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.";
        return found;
    }

    private static string? Read(HostileInput input)
    {
        var source = new CedarSource("fuzz", Encoding.UTF8.GetString(input.Bytes));
        switch (input.Reader)
        {
            case HostileReader.Policies:
                return Check(PolicySet.Parse(source));
            case HostileReader.PolicyJson:
                return Check(PolicyJson.Read(source));
            case HostileReader.PolicySetJson:
                return Check(PolicyJson.ReadSet(source));
            case HostileReader.Schema:
                return Check(CedarSchema.Parse(source));
            case HostileReader.SchemaJson:
                return Check(CedarSchema.ParseJson(source));
            case HostileReader.EntityProblems:
                var entities = CedarJson.ReadEntities(source, AnySchema.Schema);
                return entities.Entities is null && entities.Problems.IsEmpty ? "There are neither entities nor problems." : null;
            case HostileReader.Entities:
                try
                {
                    CedarJson.ReadEntities(input.Bytes);
                }
                catch (FormatException)
                {
                    // Documented: the text is no list of entities.
                }

                return null;
            case HostileReader.Input:
                JsonInput.ToRecord(input.Bytes, null);
                return null;
            default:
                throw new InvalidOperationException($"No reader {input.Reader}.");
        }
    }

    private static string? Check(SchemaParseResult parsed)
    {
        if (parsed.Schema is null)
            return parsed.Problems.IsEmpty ? "There is neither a schema nor a problem." : null;
        var again = CedarSchema.Parse(new CedarSource("again", parsed.Schema.ToText()));
        return again.Schema is null ? $"Its own text is refused: {again.Problems[0]}" : null;
    }

    /// <summary>What is read must also compile, be validated, and be written as JSON.</summary>
    private static string? Check(PolicyParseResult parsed)
    {
        if (parsed.Policies is not { } policies)
            return parsed.Problems.IsEmpty ? "There are neither policies nor problems." : null;
        CompiledPolicySet.Compile(policies);
        Validator.Validate(policies, AnySchema.Schema, ValidationOptions.Default);
        foreach (var policy in policies.Policies)
            PolicyJson.Write(policy);
        return null;
    }

    private static string Valid(HostileReader reader, ulong seed)
    {
        var test = CaseMaker.Make(seed);
        return reader switch
        {
            HostileReader.Policies => string.Join('\n', test.Policies.Concat(test.Templates)),
            HostileReader.Schema => test.Schema!,
            HostileReader.PolicyJson => PolicyJson.Write(test.ReadPolicies().Policies[0]),
            HostileReader.PolicySetJson => PolicyJson.Write(test.ReadPolicies()),
            HostileReader.SchemaJson => test.ReadSchema()!.ToJson(),
            HostileReader.Entities or HostileReader.EntityProblems => test.Entities.ToJsonString(),
            _ => test.Requests[0].Context.ToJsonString(),
        };
    }

    private static void Damage(List<byte> bytes, Dice dice)
    {
        var at = dice.Next(bytes.Count + 1);
        var length = Math.Min(dice.Next(30), bytes.Count - at);
        switch (dice.Next(7))
        {
            case 0:
                bytes.RemoveRange(at, length);
                break;
            case 1:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                if (at < bytes.Count)
                    bytes[at] = (byte)dice.Next(256);
                break;
            case 4:
                var piece = Encoding.UTF8.GetBytes(dice.Pick(Pieces));
                bytes.InsertRange(at, Enumerable.Repeat(piece, dice.Chance(20) ? dice.Next(RepeatsMax) : 1).SelectMany(one => one));
                break;
            case 5:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(dice.Pick(Pieces)));
                break;
            default:
                bytes.InsertRange(dice.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
        }
    }
}

/// <summary>Bytes, and who is to read them.</summary>
public sealed record HostileInput(HostileReader Reader, byte[] Bytes);

/// <summary>The readers of the policy engine.</summary>
public enum HostileReader
{
    Policies,
    Schema,
    PolicyJson,
    PolicySetJson,
    SchemaJson,
    Entities,
    EntityProblems,
    Input,
}
