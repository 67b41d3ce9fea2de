namespace StockAspire.Otlp.Traces;

/// <summary>A span in its place among the spans of its trace.</summary>
/// <param name="Depth">0 for a root, and for a span whose parent is not there.</param>
/// <param name="Descendants">How many of the rows that follow are below it.</param>
/// <param name="IsOrphan">It names a parent that is not there.</param>
public sealed record WaterfallRow(Span Span, int Depth, int Descendants, bool IsOrphan);
