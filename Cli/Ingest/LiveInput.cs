using StockAspire.Feeds;

namespace StockAspire.Cli.Ingest;

/// <summary>Standard input that says when it is about to wait for more.</summary>
internal sealed class LiveInput(Stream inner) : ForwardStream(inner)
{
    /// <summary>Called on the reading thread before each read.</summary>
    public Action BeforeRead { get; set; } = static () => { };

    public override int Read(Span<byte> buffer)
    {
        BeforeRead();
        return Inner.Read(buffer);
    }
}
