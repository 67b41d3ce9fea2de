namespace StockAspire.Feeds.Mapping;

/// <summary>How the rows of a file are laid out.</summary>
public enum FeedFormat
{
    /// <summary>To be recognised: by the file's name, then by its header, then by the mapping of columns.</summary>
    Auto,

    /// <summary>Daily index rows with the header <c>Index,Date,Open,High,Low,Close,Adj Close,Volume,CloseUSD</c>.</summary>
    Index,

    /// <summary>Trades without header: ms since midnight, price x 10,000, size, exchange, sale condition (hex), suspicious (0/1).</summary>
    Trades,

    /// <summary>Any header, with fields mapped to columns.</summary>
    Columns,
}
