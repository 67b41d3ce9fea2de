using StockAspire.Query.Errors;
using StockAspire.TickStore;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Sources;

/// <summary>The symbols that have stored ticks, page by page.</summary>
internal sealed class SymbolList(ITickStore store)
{
    public async Task<Wire.ListSymbolsResponse> ListAsync(Wire.ListSymbolsRequest request, CancellationToken cancellationToken)
    {
        var checks = new RequestChecks();
        var size = checks.PageSize(request.PageSize);
        var after = PageToken.TryParse(ListKind.Symbols, request.PageToken);
        checks.Require(after is not null, "page_token", "expected a token that ListSymbols gave").ThrowIfFailed();

        // One more than asked for tells whether there is a next page.
        var symbols = await store.ListSymbolsAsync(after!, size + 1, cancellationToken);
        var response = new Wire.ListSymbolsResponse();
        foreach (var symbol in symbols.Take(size))
        {
            response.Symbols.Add(new Wire.SymbolInfo { Symbol = symbol.Symbol, FirstBucketNs = symbol.FirstNs, EndBucketNs = symbol.EndNs });
        }

        if (symbols.Count > size)
        {
            response.NextPageToken = PageToken.Format(ListKind.Symbols, symbols[size - 1].Symbol);
        }

        return response;
    }
}
