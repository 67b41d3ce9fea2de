using System.Buffers.Binary;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>
/// The values of a statement, appended in the order of its variables straight into the request: nothing is boxed, nothing is allocated
/// once the buffer has grown. Where the types are known (a prepared statement), each value is checked against its variable, inside
/// collections, UDTs and tuples too. Not thread-safe.
/// </summary>
/// <remarks>native_protocol_v5.spec, 6: the formats. A value is an [int] size and its bytes; -1 is null, -2 is not set.</remarks>
public sealed partial class ValueWriter
{
    private readonly GrowingBuffer _buffer;
    private Scope[] _scopes = new Scope[4];
    private int _depth;
    private IReadOnlyList<CqlColumn>? _variables;
    private int _start;

    internal ValueWriter(GrowingBuffer buffer) => _buffer = buffer;

    /// <summary>Values appended to the statement, those nested in others not counted.</summary>
    public int Count => _scopes[0].Index;

    /// <summary>Where the statement's values begin in the buffer.</summary>
    internal int Start => _start;

    private ref Scope Top => ref _scopes[_depth];

    /// <summary>Begins a statement. Without variables nothing is known of the types, and nothing is checked.</summary>
    internal void Begin(IReadOnlyList<CqlColumn>? variables)
    {
        _variables = variables;
        _start = _buffer.Size;
        _depth = 0;
        _scopes[0] = default;
    }

    /// <exception cref="InvalidOperationException">A value is open, or values are missing.</exception>
    internal void RequireComplete()
    {
        if (_depth > 0)
            throw new InvalidOperationException($"A {Top.Type?.ToString() ?? "value"} was begun and not ended.");
        if (_variables is not null && Count < _variables.Count)
            throw new InvalidOperationException($"{Count} of {_variables.Count} values were appended; the next is {_variables[Count].Name}, {_variables[Count].Type}.");
    }

    public ValueWriter AppendNull()
    {
        if (_depth > 0 && Top.IsVector)
            throw new InvalidOperationException("A vector has no null elements.");
        NextType();
        _buffer.WriteInt32(BodyWriting.NullSize);
        return this;
    }

    /// <summary>Leaves the column as it is. Only for a variable, not within a collection, UDT or tuple.</summary>
    public ValueWriter AppendUnset()
    {
        if (_depth > 0)
            throw new InvalidOperationException("Only a variable can be unset, not a part of its value.");
        NextType();
        _buffer.WriteInt32(BodyWriting.UnsetSize);
        return this;
    }

    /// <summary>A value of any type, given as its bytes.</summary>
    public ValueWriter AppendRaw(ReadOnlySpan<byte> bytes)
    {
        NextType();
        bytes.CopyTo(TakeValue(bytes.Length));
        return this;
    }

    /// <summary>Elements follow, then <see cref="End"/>.</summary>
    public ValueWriter BeginList() => BeginCounted(CqlTypeCode.List);

    /// <summary>Elements follow, then <see cref="End"/>. The server sorts them and drops doubles.</summary>
    public ValueWriter BeginSet() => BeginCounted(CqlTypeCode.Set);

    /// <summary>Key, value, key, value follow, then <see cref="End"/>.</summary>
    public ValueWriter BeginMap() => BeginCounted(CqlTypeCode.Map);

    /// <summary>Fields follow in the order of the type, then <see cref="End"/>. Fields left out at the end are null.</summary>
    public ValueWriter BeginUdt() => Begin(CqlTypeCode.Udt);

    /// <summary>Fields follow, then <see cref="End"/>.</summary>
    public ValueWriter BeginTuple() => Begin(CqlTypeCode.Tuple);

    /// <summary>Elements follow, exactly as many as the type says, then <see cref="End"/>.</summary>
    /// <exception cref="InvalidOperationException">The type is not known: its elements decide how a vector is laid out.</exception>
    public ValueWriter BeginVector()
    {
        Begin(CqlTypeCode.Vector);
        if (Top.Type is null)
            throw new InvalidOperationException("A vector can be written to a prepared statement only.");
        Top.IsVector = true;
        Top.ElementSize = Top.Type.Arguments[0].FixedSize;
        return this;
    }

    /// <summary>Ends what the last Begin began.</summary>
    public ValueWriter End()
    {
        if (_depth == 0)
            throw new InvalidOperationException("Nothing was begun that could end.");

        ref var scope = ref Top;
        var count = scope.Code == CqlTypeCode.Map ? scope.Index / 2 : scope.Index;
        if (scope.Code == CqlTypeCode.Map && scope.Index % 2 != 0)
            throw new InvalidOperationException("A map ends with a key that has no value.");
        if (scope.IsVector && count != scope.Type!.Dimension)
            throw new InvalidOperationException($"{scope.Type} was given {count} elements.");
        if (scope.CountPosition >= 0)
            BinaryPrimitives.WriteInt32BigEndian(_buffer.At(scope.CountPosition, sizeof(int)), count);

        _depth--;
        CloseValue(scope.ValuePosition);
        return this;
    }

    private ValueWriter BeginCounted(CqlTypeCode code)
    {
        Begin(code);
        Top.CountPosition = _buffer.Size;
        _buffer.WriteInt32(0);
        return this;
    }

    private ValueWriter Begin(CqlTypeCode code)
    {
        var type = NextType();
        if (type is not null && type.Code != code)
            throw WrongType(type, code);

        // The size is known at the end. In a vector it is not four bytes, or not there at all.
        if (!Top.IsVector)
            _buffer.WriteInt32(0);
        if (++_depth == _scopes.Length)
            Array.Resize(ref _scopes, 2 * _scopes.Length);
        _scopes[_depth] = new Scope { Code = code, Type = type, ValuePosition = _buffer.Size, CountPosition = -1 };
        return this;
    }

    private void CloseValue(int position)
    {
        var size = _buffer.Size - position;
        if (!Top.IsVector)
        {
            BinaryPrimitives.WriteInt32BigEndian(_buffer.At(position - sizeof(int), sizeof(int)), size);
        }
        else if (Top.ElementSize == 0)
        {
            // Moved to make room for a prefix whose own size depends on it.
            var prefix = VariableInteger.SizeOf((ulong)size);
            _buffer.Take(prefix);
            var value = _buffer.At(position, prefix + size);
            value[..size].CopyTo(value[prefix..]);
            VariableInteger.Write(value[..prefix], (ulong)size);
        }
    }

    /// <summary>The size where one is due, and the bytes to fill.</summary>
    private Span<byte> TakeValue(int size)
    {
        if (!Top.IsVector)
            _buffer.WriteInt32(size);
        else if (Top.ElementSize == 0)
            VariableInteger.WriteUnsigned(_buffer, (ulong)size);
        else if (Top.ElementSize != size)
            throw new InvalidOperationException($"An element of {Top.Type} has {Top.ElementSize} bytes, not {size}.");
        return _buffer.Take(size);
    }

    private Span<byte> TakeValue(CqlTypeCode code, int size)
    {
        var type = NextType();
        if (type is not null && type.Code != code)
            throw WrongType(type, code);
        return TakeValue(size);
    }

    /// <summary>Moves on to the next value. Null if its type is not known.</summary>
    private CqlType? NextType()
    {
        ref var scope = ref Top;
        var index = scope.Index++;
        if (_depth == 0)
        {
            if (_variables is null)
                return null;
            if (index < _variables.Count)
                return _variables[index].Type;

            scope.Index--;
            throw new InvalidOperationException($"The statement has {_variables.Count} variables, and all have their values.");
        }

        if (scope.Type is null)
            return null;

        var arguments = scope.Type.Arguments;
        var argument = scope.Code switch
        {
            CqlTypeCode.Map => index % 2,
            CqlTypeCode.Udt or CqlTypeCode.Tuple => index,
            _ => 0,
        };
        return argument < arguments.Count ? arguments[argument] : throw new InvalidOperationException($"{scope.Type} has {arguments.Count} fields, and all have their values.");
    }

    private InvalidOperationException WrongType(CqlType expected, CqlTypeCode actual) =>
        new($"Expected {expected} for {(_variables is null ? "the element" : _variables[Count - 1].Name)}, got {CqlType.NameOf(actual)}.");

    /// <summary>A value that others are within; the outermost is the statement.</summary>
    private struct Scope
    {
        public CqlTypeCode Code;
        public CqlType? Type;
        public int Index;
        public int ValuePosition;
        public int CountPosition;
        public bool IsVector;

        /// <summary>Of a vector: bytes of each element, or 0 where they vary and each has its size before it.</summary>
        public int ElementSize;
    }
}
