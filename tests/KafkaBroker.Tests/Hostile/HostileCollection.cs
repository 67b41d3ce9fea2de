namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>These tests measure the memory of the process, and run when no other does.</summary>
[CollectionDefinition(nameof(HostileCollection), DisableParallelization = true)]
public sealed class HostileCollection;
