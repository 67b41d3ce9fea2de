using System.Globalization;

namespace StockAspire.LocalHosting;

/// <summary>How one run of a process ended.</summary>
/// <param name="State"><see cref="ResourceState.Exited"/>, <see cref="ResourceState.Finished"/> or <see cref="ResourceState.FailedToStart"/>.</param>
/// <param name="Reason">In words, with the resource as the subject: <c>ended with exit code 3</c>.</param>
/// <param name="ExitCode">Null where there was no process.</param>
internal sealed record ResourceEnd(ResourceState State, string Reason, int? ExitCode)
{
    /// <summary>By a command, or with the application.</summary>
    internal bool WasAsked { get; init; }

    /// <summary>The restart that it ended for.</summary>
    internal ResourceCommand? Next { get; init; }

    /// <summary>By itself.</summary>
    internal static ResourceEnd Of(int exitCode, string? lastError)
    {
        var how = exitCode switch
        {
            > 128 and < 160 => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {exitCode - 128}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}"),
        };
        return new ResourceEnd(ResourceState.Exited, lastError is null ? how : $"{how}; its last error: {lastError}", exitCode);
    }
}
