using System.Runtime.Versioning;

// As the command itself.
[assembly: UnsupportedOSPlatform("windows")]
