using System.Globalization;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>A CQL type, with the types it is made of. Immutable; two of the same structure are equal.</summary>
public sealed class CqlType : IEquatable<CqlType>
{
    /// <summary>How deep types nest at most: a limit against bytes made to exhaust the stack.</summary>
    internal const int DepthMax = 32;

    private static readonly Dictionary<CqlTypeCode, CqlType> Natives =
        Enum.GetValues<CqlTypeCode>().Where(code => code is > CqlTypeCode.Custom and < CqlTypeCode.List).ToDictionary(code => code, code => new CqlType(code));

    private CqlType(CqlTypeCode code) => Code = code;

    public CqlTypeCode Code { get; }

    /// <summary>Element of a list, set or vector; key and value of a map; fields of a UDT or tuple in their order.</summary>
    public IReadOnlyList<CqlType> Arguments { get; private init; } = [];

    /// <summary>Of a UDT, in the order of <see cref="Arguments"/>.</summary>
    public IReadOnlyList<string> FieldNames { get; private init; } = [];

    /// <summary>Of a UDT.</summary>
    public string Keyspace { get; private init; } = string.Empty;

    /// <summary>Of a UDT; of a custom type, the server's class with its arguments.</summary>
    public string Name { get; private init; } = string.Empty;

    /// <summary>Elements of a vector.</summary>
    public int Dimension { get; private init; }

    /// <summary>
    /// Bytes of each value, or 0 where they vary: what decides how a vector lays out its elements. Time, date, smallint and tinyint
    /// have one size but count as varying, as they do in Cassandra.
    /// </summary>
    internal int FixedSize => Code switch
    {
        CqlTypeCode.Boolean => 1,
        CqlTypeCode.Int or CqlTypeCode.Float => 4,
        CqlTypeCode.Bigint or CqlTypeCode.Double or CqlTypeCode.Timestamp => 8,
        CqlTypeCode.Uuid or CqlTypeCode.Timeuuid => 16,
        CqlTypeCode.Vector => Arguments[0].FixedSize * Dimension,
        _ => 0,
    };

    public static CqlType Native(CqlTypeCode code) => Natives.TryGetValue(code, out var type)
        ? type
        : throw new ArgumentOutOfRangeException(nameof(code), code, "Expected a type without arguments.");

    public static CqlType List(CqlType element) => new(CqlTypeCode.List) { Arguments = [element] };

    public static CqlType Set(CqlType element) => new(CqlTypeCode.Set) { Arguments = [element] };

    public static CqlType Map(CqlType key, CqlType value) => new(CqlTypeCode.Map) { Arguments = [key, value] };

    public static CqlType Tuple(params IReadOnlyList<CqlType> fields) => new(CqlTypeCode.Tuple) { Arguments = fields };

    public static CqlType Vector(CqlType element, int dimension) => new(CqlTypeCode.Vector) { Arguments = [element], Dimension = dimension };

    public static CqlType Udt(string keyspace, string name, params IReadOnlyList<(string Name, CqlType Type)> fields) => new(CqlTypeCode.Udt)
    {
        Keyspace = keyspace,
        Name = name,
        FieldNames = [.. fields.Select(field => field.Name)],
        Arguments = [.. fields.Select(field => field.Type)],
    };

    public static CqlType Custom(string className) => new(CqlTypeCode.Custom) { Name = className };

    /// <summary>native_protocol_v4.spec, 4.2.5.2: an [option] that names a type.</summary>
    internal static CqlType Read(ref BodyReader reader, int depth = 0)
    {
        if (depth > DepthMax)
            throw reader.Malformed($"a type nested more than {DepthMax} deep");

        var code = (CqlTypeCode)reader.ReadUInt16();
        switch (code)
        {
            case CqlTypeCode.Custom:
                return MarshalClass.Parse(reader.ReadString());
            case CqlTypeCode.List:
                return List(Read(ref reader, depth + 1));
            case CqlTypeCode.Set:
                return Set(Read(ref reader, depth + 1));
            case CqlTypeCode.Map:
                return Map(Read(ref reader, depth + 1), Read(ref reader, depth + 1));
            case CqlTypeCode.Tuple:
                var items = new CqlType[reader.Count(reader.ReadUInt16(), 2, "tuple")];
                for (var i = 0; i < items.Length; i++)
                    items[i] = Read(ref reader, depth + 1);
                return Tuple(items);
            case CqlTypeCode.Udt:
                var (keyspace, name) = (reader.ReadString(), reader.ReadString());
                var fields = new (string Name, CqlType Type)[reader.Count(reader.ReadUInt16(), 4, "UDT")];
                for (var i = 0; i < fields.Length; i++)
                    fields[i] = (reader.ReadString(), Read(ref reader, depth + 1));
                return Udt(keyspace, name, fields);
            default:
                return Natives.TryGetValue(code, out var native) ? native : throw reader.Malformed($"type id 0x{(int)code:X4}, which is unknown,");
        }
    }

    internal void Write(GrowingBuffer buffer, ProtocolVersion version)
    {
        // Version 4 has no id for a duration.
        if (Code is CqlTypeCode.Custom or CqlTypeCode.Vector || (Code == CqlTypeCode.Duration && version == ProtocolVersion.V4))
        {
            buffer.WriteUInt16((int)CqlTypeCode.Custom);
            buffer.WriteString(Code == CqlTypeCode.Custom ? Name : MarshalClass.NameOf(this));
            return;
        }

        buffer.WriteUInt16((int)Code);
        if (Code == CqlTypeCode.Udt)
        {
            buffer.WriteString(Keyspace);
            buffer.WriteString(Name);
        }

        if (Code is CqlTypeCode.Udt or CqlTypeCode.Tuple)
            buffer.WriteUInt16(Arguments.Count);
        for (var i = 0; i < Arguments.Count; i++)
        {
            if (Code == CqlTypeCode.Udt)
                buffer.WriteString(FieldNames[i]);
            Arguments[i].Write(buffer, version);
        }
    }

    public bool Equals(CqlType? other) => ReferenceEquals(this, other) || (other is not null && Code == other.Code && Dimension == other.Dimension &&
        Name == other.Name && Keyspace == other.Keyspace && FieldNames.SequenceEqual(other.FieldNames) && Arguments.SequenceEqual(other.Arguments));

    public override bool Equals(object? obj) => Equals(obj as CqlType);

    public override int GetHashCode() => HashCode.Combine(Code, Name, Arguments.Count, Arguments.Count > 0 ? Arguments[0] : null);

    /// <summary>As CQL writes it, without <c>frozen</c>.</summary>
    public override string ToString() => Code switch
    {
        CqlTypeCode.Custom => $"'{Name}'",
        CqlTypeCode.Udt => $"{Keyspace}.{Name}",
        CqlTypeCode.Vector => string.Create(CultureInfo.InvariantCulture, $"vector<{Arguments[0]}, {Dimension}>"),
        _ when Arguments.Count > 0 => $"{NameOf(Code)}<{string.Join(", ", Arguments)}>",
        _ => NameOf(Code),
    };

    /// <summary>Types are named as CQL names them, in lower case.</summary>
    internal static string NameOf(CqlTypeCode code) => string.Create(CultureInfo.InvariantCulture, $"{code}").ToLowerInvariant();
}
