namespace StockAspire.LocalHosting;

/// <param name="Number">Counts up from 1 over all lines of the instance, also over those that are no longer kept.</param>
/// <param name="Text">Without a line feed.</param>
/// <param name="IsError">From standard error.</param>
/// <param name="At">When it was read, UTC.</param>
internal sealed record ConsoleLine(long Number, string Text, bool IsError, DateTimeOffset At);

/// <summary>What one reader is given at once: first how many lines it has missed, then those that follow them.</summary>
internal sealed record ConsoleLines(long Missed, IReadOnlyList<ConsoleLine> Lines);
