namespace StockAspire.TickStore;

/// <summary>The store cannot be reached, is busy beyond the timeout or its disk is full: the same call may succeed later.</summary>
public sealed class TickStoreUnavailableException : Exception
{
    public TickStoreUnavailableException()
    {
    }

    public TickStoreUnavailableException(string message)
        : base(message)
    {
    }

    public TickStoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The store refuses these rows whatever is tried; the message says why.</summary>
public sealed class TickStoreRejectedException : Exception
{
    public TickStoreRejectedException()
    {
    }

    public TickStoreRejectedException(string message)
        : base(message)
    {
    }

    public TickStoreRejectedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What is recorded in the store does not fit this program or its configuration; the message names both values.</summary>
public sealed class TickStoreSchemaException : Exception
{
    public TickStoreSchemaException()
    {
    }

    public TickStoreSchemaException(string message)
        : base(message)
    {
    }

    public TickStoreSchemaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
