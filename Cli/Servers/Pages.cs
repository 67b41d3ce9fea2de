using StockAspire.Protos.V1;

namespace StockAspire.Cli.Servers;

/// <summary>Lists that come in pages, read to their end or to a limit.</summary>
internal static class Pages
{
    public const int PageSize = 1_000;

    public static async Task<List<SourceInfo>> AllSourcesAsync(this QueryService.QueryServiceClient query, Func<Grpc.Core.CallOptions> options)
    {
        var all = new List<SourceInfo>();
        var token = string.Empty;
        do
        {
            var page = await query.ListSourcesAsync(new ListSourcesRequest { PageSize = PageSize, PageToken = token }, options());
            all.AddRange(page.Sources);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        return all;
    }

    public static async Task<List<SymbolInfo>> AllSymbolsAsync(this QueryService.QueryServiceClient query, Func<Grpc.Core.CallOptions> options)
    {
        var all = new List<SymbolInfo>();
        var token = string.Empty;
        do
        {
            var page = await query.ListSymbolsAsync(new ListSymbolsRequest { PageSize = PageSize, PageToken = token }, options());
            all.AddRange(page.Symbols);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        return all;
    }
}
