using Microsoft.Win32.SafeHandles;

namespace StockAspire.Cli;

/// <summary>What surrounds one run: streams, clock and folder. Tests hand in their own.</summary>
internal sealed class CliHost
{
    /// <summary>Data only. Whoever writes flushes before the verb ends.</summary>
    public required Stream Out { get; init; }

    /// <summary>Progress, notes and errors.</summary>
    public required TextWriter Error { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether people look at it: colours, and progress that rewrites its line.</summary>
    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public required string CurrentDirectory { get; init; }

    public static CliHost OfProcess() => new()
    {
        Out = OpenStandardOutput(),
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        CurrentDirectory = Environment.CurrentDirectory,
    };

    /// <summary>
    /// .NET's console stream drops what it writes to a closed pipe without a word, so `stockaspire tail '*' | head` would
    /// never end. A file stream on the same handle throws instead; it serves only what cannot seek, since it would write
    /// to a redirected file at positions of its own.
    /// </summary>
    private static Stream OpenStandardOutput()
    {
        const int StandardOutputHandle = 1;
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.OpenStandardOutput();
        }

        var stream = new FileStream(new SafeFileHandle(StandardOutputHandle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}
