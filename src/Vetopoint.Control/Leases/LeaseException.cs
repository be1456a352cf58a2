namespace Vetopoint.Control.Leases;

/// <summary>A lease could not be issued or revoked. The message says why and what to do, and holds no secret.</summary>
public sealed class LeaseException : Exception
{
    public LeaseException(string message) : base(message) { }

    public LeaseException(string message, Exception innerException) : base(message, innerException) { }
}
