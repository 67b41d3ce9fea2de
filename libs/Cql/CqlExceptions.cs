using System.Net;

namespace StockAspire.Cql;

/// <summary>What can go wrong that is not the caller's fault. The caller's own mistakes are BCL exceptions.</summary>
public abstract class CqlException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The node that the last attempt went to, or null if none was reached.</summary>
    public IPEndPoint? Host { get; internal set; }
}

/// <summary>The server said no: its code, message and details.</summary>
public sealed class CqlServerException(CqlError error) : CqlException($"{error.Code} (0x{(int)error.Code:X4}): {error.Message}")
{
    public CqlError Error { get; } = error;

    public CqlErrorCode Code => Error.Code;
}

/// <summary>Malformed bytes: the connection they came over is closed, because nothing after them can be trusted.</summary>
public sealed class CqlProtocolException(string message) : CqlException(message);

/// <summary>A connection could not be made or was lost. What was sent may or may not have been done.</summary>
public sealed class CqlConnectionException : CqlException
{
    internal CqlConnectionException(string message, Exception? inner = null, bool wasSent = true)
        : base(message, inner) => WasSent = wasSent;

    /// <summary>False if nothing of the request had left this process: it was certainly not done.</summary>
    public bool WasSent { get; }
}

/// <summary>No answer came in time. What was sent may or may not have been done.</summary>
public sealed class CqlTimeoutException(string message, Exception? inner = null) : CqlException(message, inner);

/// <summary>This client's own limits on requests in flight and waiting are reached: nothing was sent.</summary>
public sealed class CqlBusyException(string message) : CqlException(message);

/// <summary>No node could be asked. <see cref="Errors"/> says why, node by node.</summary>
public sealed class CqlNoHostException : CqlException
{
    internal CqlNoHostException(string message, IReadOnlyDictionary<EndPoint, Exception> errors)
        : base(errors.Count == 0 ? message : $"{message} {string.Join("; ", errors.Select(error => $"{error.Key}: {error.Value.Message}"))}", errors.Values.FirstOrDefault()) =>
        Errors = errors;

    public IReadOnlyDictionary<EndPoint, Exception> Errors { get; }
}
