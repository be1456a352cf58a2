using Vetopoint.Cedar.Schema;

namespace Vetopoint.Cedar.Json;

/// <summary>Turns JSON from an untrusted party into a Cedar record. Total: every input has an answer, and no number changes.</summary>
/// <remarks>
/// <para>An object becomes a record, an array a set, text a String, an integer within 64 bits a Long, true and false a Bool.</para>
/// <para>
/// Not understood, hence absent: null; every other number; a name given twice, with all its values; an array with a part
/// that is not understood; nesting beyond <see cref="CedarLimits.JsonNestingMax"/>; what does not fit the type.
/// The escapes of Cedar's own JSON (<c>__entity</c>, <c>__extn</c>) have no meaning here: nobody outside can name an
/// entity. Where the type wants a decimal, an address, a datetime or a duration, text in its form is read as one.
/// </para>
/// </remarks>
public static class JsonInput
{
    /// <summary>Maps a JSON object.</summary>
    /// <param name="utf8">The whole JSON text.</param>
    /// <param name="type">
    /// What the record must look like: what does not fit is omitted and marked. Null when nothing is known of it.
    /// </param>
    public static JsonMapping ToRecord(ReadOnlySpan<byte> utf8, RecordType? type)
    {
        var reader = new JsonInputReader(utf8);
        return reader.Read(type);
    }
}
