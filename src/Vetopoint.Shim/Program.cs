using System.Runtime.Versioning;
using Vetopoint.Shim.Wrapping;

[assembly: UnsupportedOSPlatform("windows")]

return Wrap.Run(args);
