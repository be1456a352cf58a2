using System.Runtime.Versioning;
using Vetopoint.Shim.Engine;
using Vetopoint.Shim.Wrapping;

[assembly: UnsupportedOSPlatform("windows")]

return args is ["start", ..] ? Start.Run(args) : Wrap.Run(args);
