using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage(
    "Usage", "VSTHRD003",
    Justification = "The rule guards against waiting for work that needs the waiting thread. Nothing here has a synchronization context.")]
