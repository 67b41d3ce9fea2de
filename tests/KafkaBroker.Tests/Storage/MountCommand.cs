using System.ComponentModel;
using System.Diagnostics;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>The system's programs that make and mount file systems.</summary>
internal static class MountCommand
{
    /// <summary>Skips the test where nothing can be mounted.</summary>
    public static void SkipUnlessAllowed() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A file system can be mounted by root on Linux only.");

    /// <summary>What the program says against it; null where it succeeds.</summary>
    public static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program}: {error.Trim()}";
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
