namespace StockAspire.Otlp.Wire;

/// <summary>Bytes that are no protobuf message of the expected type.</summary>
internal sealed class MalformedMessageException(string message) : Exception(message)
{
    public static MalformedMessageException Overrun(string what, ulong length, int left) =>
        new($"A {what} of {length} bytes overruns its message: {left} bytes left.");

    public static MalformedMessageException WrongWireType(int field, WireType expected, WireType actual) =>
        new($"Field {field} has wire type {actual}, expected {expected}.");
}
