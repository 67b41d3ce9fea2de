namespace StockAspire.LocalHosting;

/// <summary>A value that is known only once the application starts, such as an address.</summary>
public interface IValueProvider
{
    /// <summary>Null: there is none, and what was to be set from it is left out.</summary>
    /// <exception cref="DistributedApplicationException">There is none, and it is needed.</exception>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>A value that a deployment manifest names instead of containing it.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>Such as <c>{kafka.connectionString}</c>.</summary>
    string ValueExpression { get; }
}
