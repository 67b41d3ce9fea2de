namespace StockAspire.Tidy.Tests;

/// <summary>What is untidy and where; <paramref name="Line"/> counts from 1.</summary>
internal sealed record Finding(string Path, int Line, string Message)
{
    public override string ToString() => $"{Path}:{Line}: {Message}";
}
