using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Fakes;

public sealed class FakeIngest : IngestService.IngestServiceBase;
