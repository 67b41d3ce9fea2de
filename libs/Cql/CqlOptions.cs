using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace StockAspire.Cql;

/// <summary>Settings of a session. Each has its limits; <see cref="CqlSession.ConnectAsync"/> refuses what is beyond them.</summary>
public sealed class CqlOptions
{
    public const int DefaultPort = 9042;

    /// <summary>As many requests as one connection ever has in flight: stream ids are 16 bits, but servers queue long before.</summary>
    public const int InFlightLimit = 2048;

    /// <summary><c>host</c>, <c>host:port</c> or <c>[v6]:port</c>; the others of the cluster are found through any of them.</summary>
    public IReadOnlyList<string> ContactPoints { get; set; } = [];

    /// <summary>Requests go to this datacenter only. If null, that of the first contact point that answers.</summary>
    public string? LocalDatacenter { get; set; }

    /// <summary>Of unqualified names; it must exist.</summary>
    public string? Keyspace { get; set; }

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>
    /// Instead of <see cref="Password"/>: asked at each connecting, so that a password that was changed is taken up. What it throws is why there
    /// is no connection. Called by several at once.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? ReadPassword { get; set; }

    public CqlTlsOptions? Tls { get; set; }

    /// <summary>Version 5 checks every byte by CRC; both give the same results.</summary>
    public ProtocolVersion ProtocolVersion { get; set; } = ProtocolVersion.V4;

    /// <summary>LZ4 for bodies from 512 bytes on. Spares the network, costs both sides time; on loopback it costs only.</summary>
    public bool UseCompression { get; set; }

    /// <summary>Of statements that do not say their own.</summary>
    public CqlConsistency Consistency { get; set; } = CqlConsistency.LocalQuorum;

    /// <summary>Rows of a page, of statements that do not say their own; 1 to 1,000,000.</summary>
    public int PageSize { get; set; } = 5000;

    /// <summary>1 to 8. One carries more than a node of few cores can answer.</summary>
    public int ConnectionsPerHost { get; set; } = 1;

    /// <summary>Requests on their way on one connection, 1 to <see cref="InFlightLimit"/>; more wait.</summary>
    public int InFlightMax { get; set; } = 1024;

    /// <summary>Requests that wait for a place on one connection, 0 to 1,000,000; more are refused with <see cref="CqlBusyException"/>.</summary>
    public int QueueMax { get; set; } = 16_384;

    /// <summary>Largest answer, uncompressed, in bytes; 64 KiB to 256 MiB, the protocol's own limit.</summary>
    public int FrameSizeMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>Requests of one connection whose answers never came in time and may still come; past it the connection is closed. 1 to 2,048.</summary>
    public int OrphansMax { get; set; } = 256;

    /// <summary>For a request as a whole, retries and waiting included; 10 ms to 1 h. Statements may say their own.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>For one try on one node, 10 ms to 1 h. A little more than the server's own timeouts, so that its word comes first.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>To connect, secure and authenticate one connection; 10 ms to 5 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>An idle connection is asked for a sign of life this often; 100 ms to 1 h. A busy one after 500 ms of silence.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that gives no sign of life for so long is closed: a frozen node sends no reset. 50 ms to 5 min.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>First and longest wait before a node is tried again; doubles in between, with jitter. 10 ms to 10 min.</summary>
    public TimeSpan ReconnectDelayMin { get; set; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries of a request after the first, where trying again is safe; 0 to 100.</summary>
    public int RetriesMax { get; set; } = 10;

    /// <summary>First and longest wait between tries; doubles in between, with jitter. 1 ms to 1 min.</summary>
    public TimeSpan RetryDelayMin { get; set; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan RetryDelayMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After a change of the schema by this session, how long to wait for all nodes to have it; 0 to 5 min.</summary>
    public TimeSpan SchemaAgreementTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long events are gathered before the cluster's state is read again; 0 to 1 min.</summary>
    public TimeSpan RefreshDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether an overloaded node may say so (0x1001) instead of letting its socket fill.</summary>
    public bool ThrowOnOverload { get; set; } = true;

    /// <exception cref="ArgumentException">A setting is beyond its limits; the message names it, its value and the limits.</exception>
    internal void Validate()
    {
        if (ContactPoints.Count == 0)
            throw new ArgumentException($"{nameof(ContactPoints)} is empty, expected at least one host.");
        if (Password is not null && ReadPassword is not null)
            throw new ArgumentException($"{nameof(Password)} and {nameof(ReadPassword)} are both given, expected one.");
        if (User is null != (Password is null && ReadPassword is null))
            throw new ArgumentException($"{nameof(User)} and {nameof(Password)} go together.");
        Check(Enum.IsDefined(ProtocolVersion), ProtocolVersion, "V4 or V5");
        Check(Enum.IsDefined(Consistency), Consistency, "a consistency level");
        Check(PageSize is >= 1 and <= 1_000_000, PageSize, "1 to 1,000,000");
        Check(ConnectionsPerHost is >= 1 and <= 8, ConnectionsPerHost, "1 to 8");
        Check(InFlightMax is >= 1 and <= InFlightLimit, InFlightMax, $"1 to {InFlightLimit}");
        Check(QueueMax is >= 0 and <= 1_000_000, QueueMax, "0 to 1,000,000");
        Check(FrameSizeMax is >= 64 * 1024 and <= Protocol.GrowingBuffer.SizeMax, FrameSizeMax, "64 KiB to 256 MiB");
        Check(OrphansMax is >= 1 and <= InFlightLimit, OrphansMax, $"1 to {InFlightLimit}");
        Check(RequestTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        Check(AttemptTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        Check(ConnectTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        Check(HeartbeatInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Check(HeartbeatTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));
        Check(ReconnectDelayMin, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        Check(ReconnectDelayMax, ReconnectDelayMin, TimeSpan.FromMinutes(10));
        Check(RetriesMax is >= 0 and <= 100, RetriesMax, "0 to 100");
        Check(RetryDelayMin, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Check(RetryDelayMax, RetryDelayMin, TimeSpan.FromMinutes(1));
        Check(SchemaAgreementTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Check(RefreshDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static void Check(TimeSpan value, TimeSpan min, TimeSpan max, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Check(value >= min && value <= max, value, $"{min} to {max}", name);

    private static void Check<T>([DoesNotReturnIf(false)] bool isWithin, T value, string limits, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!isWithin)
            throw new ArgumentException($"{name} is {value}, expected {limits}.");
    }
}
