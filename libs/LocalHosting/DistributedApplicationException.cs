namespace StockAspire.LocalHosting;

/// <summary>The application cannot be built or started; the message is for whoever started it, who sees no stack trace.</summary>
public sealed class DistributedApplicationException(string message) : Exception(message);
