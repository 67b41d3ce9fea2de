using Grpc.Core;
using StockAspire.Query.Service.Tests.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Sources;

public sealed class ListSymbolsTests
{
    [Fact]
    public async Task Pages_GiveEverySymbolOnce_InOrdinalOrder()
    {
        await using var host = await QueryHost.StartAsync();
        var symbols = Enumerable.Range(0, 25).Select(i => "S" + i).ToArray();
        host.Store.Put(SampleTicks.Random(1, 500, symbols));
        var request = new Wire.ListSymbolsRequest { PageSize = 10 };
        var sizes = new List<int>();
        var listed = new List<string>();

        do
        {
            var page = await host.Query.ListSymbolsAsync(request, cancellationToken: TestContext.Current.CancellationToken);
            sizes.Add(page.Symbols.Count);
            listed.AddRange(page.Symbols.Select(symbol => symbol.Symbol));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal([10, 10, 5], sizes);
        Assert.Equal(symbols.Order(StringComparer.Ordinal), listed);
    }

    [Theory]
    [InlineData(-1, "", "page_size")]
    [InlineData(1_001, "", "page_size")]
    [InlineData(10, "bogus", "page_token")]
    public async Task ABadPage_IsRefused(int size, string token, string field)
    {
        await using var host = await QueryHost.StartAsync();

        var error = await RichErrors.OfAsync(async () => await host.Query.ListSymbolsAsync(
            new Wire.ListSymbolsRequest { PageSize = size, PageToken = token }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal([field], error.Fields());
    }
}
