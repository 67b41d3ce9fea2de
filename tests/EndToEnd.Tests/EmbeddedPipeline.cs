using StockAspire.EndToEnd.Tests.Harness;

namespace StockAspire.EndToEnd.Tests;

/// <summary>Shared by all tests that need nothing but the default run.</summary>
[CollectionDefinition(Name)]
public sealed class EmbeddedPipeline : ICollectionFixture<EmbeddedFixture>
{
    public const string Name = "the embedded broker";
}
