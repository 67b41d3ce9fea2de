using StockAspire.EndToEnd.Tests.Harness;

namespace StockAspire.Fault.Tests;

/// <summary>Shared by all tests on the default run.</summary>
[CollectionDefinition(Name)]
public sealed class EmbeddedPipeline : ICollectionFixture<EmbeddedFixture>
{
    public const string Name = "the embedded broker";
}
