using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Identity.Proofs;

/// <summary>
/// The ids of proofs and assertions that were used, for as long as one of them could be used again. Bounded: when there is no room
/// left, nothing is taken.
/// </summary>
/// <remarks>Two spans of time are kept. What is longer ago than both is too old to be taken anyway.</remarks>
internal sealed class UsedIds(TimeProvider time, TimeSpan span, int max, int ofOneMax)
{
    private readonly Lock _use = new();
    private Used _now = new(); // both owned by the lock
    private Used _before = new();
    private long _began = time.GetTimestamp();

    /// <summary>Marks an id as used.</summary>
    /// <param name="owner">Whose id it is: ids of two owners may be equal.</param>
    /// <param name="id">The id.</param>
    /// <returns>False when it was used before, or when there is no room to remember it.</returns>
    public bool TryUse(string owner, string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}\0{id}"), hash);
        var key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        lock (_use)
        {
            Turn();
            if (_before.Ids.Contains(key) || _now.Ids.Contains(key) || _now.Ids.Count >= max)
                return false;
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_now.Counts, owner, out _);
            if (count >= ofOneMax)
                return false;
            count++;
            _now.Ids.Add(key);
            return true;
        }
    }

    private void Turn()
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed < span)
            return;
        _before = elapsed < span + span ? _now : new Used();
        _now = new Used();
        _began = time.GetTimestamp();
    }

    private sealed class Used
    {
        public HashSet<UInt128> Ids { get; } = [];

        public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);
    }
}
