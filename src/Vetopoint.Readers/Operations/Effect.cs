namespace Vetopoint.Readers.Operations;

/// <summary>What an operation does to its target. The names in policies are the snake_case forms of these.</summary>
/// <remarks>Zero is <see cref="Execute"/>: it runs something whose effect is not known, the least understood of all.</remarks>
public enum Effect
{
    Execute = 0,
    Read,
    Create,
    Update,
    Overwrite,
    Delete,
    Purge,
    Move,
    Export,
    Send,
    Grant,
    AssignRole,
    ChangePolicy,
    ChangeInfrastructure,
}
