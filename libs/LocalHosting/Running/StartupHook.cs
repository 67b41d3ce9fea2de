using System.Runtime.Versioning;
using StockAspire.LocalHosting;

/// <summary>
/// Runs inside every .NET child before its Main, by <c>DOTNET_STARTUP_HOOKS</c>; the runtime asks for this name without
/// a namespace. The orchestrator holds the other end of the child's standard input, and the system closes it however
/// the orchestrator ends, kill -9 included: then the child stops too. No code in the child takes part, and no signal
/// that depends on the thread that forked (as PR_SET_PDEATHSIG does).
/// </summary>
internal static class StartupHook
{
    /// <summary>After this a child that does not drain is ended: its log is durable, and its ports are wanted.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void Initialize()
    {
        // Not for the child's own children, whose standard input is another.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);

        // Out of the terminal's foreground group: Ctrl+C goes to the orchestrator alone, which stops all in order.
        if (!OperatingSystem.IsWindows())
            _ = Native.SetProcessGroup(0, 0);

        new Thread(WatchStandardInput) { IsBackground = true, Name = "orchestrator watch" }.Start();
    }

    private static void WatchStandardInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        while (input.Read(ignored) > 0)
        {
        }

        if (OperatingSystem.IsWindows())
            Environment.Exit(0);
        else
            Terminate();
    }

    [UnsupportedOSPlatform("windows")]
    private static void Terminate()
    {
        _ = Native.Kill(Environment.ProcessId, Native.SigTerm);
        using var never = new ManualResetEventSlim();
        never.Wait(Grace);
        _ = Native.Kill(Environment.ProcessId, Native.SigKill);
    }
}
