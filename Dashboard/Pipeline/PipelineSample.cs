using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Pipeline;

/// <summary>The pipeline at one moment.</summary>
/// <param name="At">When Query was asked.</param>
/// <param name="Status">What it said; null where it said nothing.</param>
public sealed record PipelineSample(DateTimeOffset At, GetPipelineStatusResponse? Status);
