namespace Vetopoint.Testing.Installation.Disks;

/// <summary>Drawn numbers (SplitMix64) that a seed makes the same everywhere. They protect nothing.</summary>
public sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to below a maximum.</summary>
    public int Next(int max) => (int)(Next() % (ulong)max);

    /// <summary>True this often of 100 times.</summary>
    public bool Hits(int percent) => Next(100) < percent;

    private ulong Next()
    {
        unchecked
        {
            var mixed = _state += 0x9e3779b97f4a7c15;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return mixed ^ (mixed >> 31);
        }
    }
}
