using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>
/// CQL duration: months, days and nanoseconds apart, because neither a month nor a day has one length. All three have the
/// same sign, or are zero.
/// </summary>
public readonly record struct CqlDuration(int Months, int Days, long Nanoseconds)
{
    /// <summary>native_protocol_v5.spec, 6.8: three [vint]s.</summary>
    internal void Write(GrowingBuffer buffer)
    {
        if (!IsOneSign)
            throw new ArgumentException($"Duration {this}: months, days and nanoseconds must have the same sign.");
        VariableInteger.WriteSigned(buffer, Months);
        VariableInteger.WriteSigned(buffer, Days);
        VariableInteger.WriteSigned(buffer, Nanoseconds);
    }

    internal static CqlDuration Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new BodyReader(bytes);
        var (months, days, nanoseconds) = (VariableInteger.ReadSigned(ref reader), VariableInteger.ReadSigned(ref reader), VariableInteger.ReadSigned(ref reader));
        return months is >= int.MinValue and <= int.MaxValue && days is >= int.MinValue and <= int.MaxValue && reader.Remaining == 0
            ? new CqlDuration((int)months, (int)days, nanoseconds)
            : throw reader.Malformed($"a duration of {months} months and {days} days");
    }

    private bool IsOneSign => (Months >= 0 && Days >= 0 && Nanoseconds >= 0) || (Months <= 0 && Days <= 0 && Nanoseconds <= 0);
}
