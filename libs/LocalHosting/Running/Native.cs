using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StockAspire.LocalHosting;

/// <summary>POSIX calls that .NET has no API for.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Native
{
    internal const int SigKill = 9;
    internal const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int SetProcessGroup(int pid, int group);

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int GetParentProcessId();
}
