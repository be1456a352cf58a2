using System.Text;

namespace Vetopoint.Server.Tests.Telemetry;

/// <summary>The fields of one protobuf message, by number: enough to read what was exported without what made it.</summary>
internal sealed class ProtobufMessage
{
    private readonly ILookup<int, (long Number, byte[] Bytes)> _fields;

    public ProtobufMessage(byte[] bytes) => _fields = Read(bytes).ToLookup(static field => field.Number, static field => (field.Value, field.Bytes));

    public bool Has(int field) => _fields.Contains(field);

    public long Number(int field) => _fields[field].Select(static value => value.Number).LastOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    public ProtobufMessage Message(int field) => new(Bytes(field));

    public IEnumerable<ProtobufMessage> Messages(int field) => _fields[field].Select(static value => new ProtobufMessage(value.Bytes));

    private byte[] Bytes(int field) => _fields[field].Select(static value => value.Bytes).LastOrDefault() ?? [];

    private static List<(int Number, long Value, byte[] Bytes)> Read(byte[] bytes)
    {
        var fields = new List<(int, long, byte[])>();
        var at = 0;
        while (at < bytes.Length)
        {
            var tag = Varint(bytes, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add((number, Varint(bytes, ref at), []));
                    break;
                case 1:
                    fields.Add((number, BitConverter.ToInt64(bytes, at), []));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes, ref at);
                    fields.Add((number, 0, bytes[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    fields.Add((number, BitConverter.ToInt32(bytes, at), []));
                    at += 4;
                    break;
                default:
                    throw new InvalidOperationException($"wire type {tag & 7}");
            }
        }

        return fields;
    }

    private static long Varint(byte[] bytes, ref int at)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (long)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
