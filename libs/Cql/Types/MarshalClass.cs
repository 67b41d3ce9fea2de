using System.Globalization;
using System.Text;

namespace StockAspire.Cql;

/// <summary>
/// Types that travel as the name of the server's class for them: vectors, durations in version 4, and whatever they are made of.
/// Example: <c>org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType , 3)</c>. Of a user type
/// the name and field names are in hexadecimal: <c>UserType(keyspace,hex,hex:Type,...)</c>.
/// </summary>
internal static class MarshalClass
{
    private const string Package = "org.apache.cassandra.db.marshal.";

    private static readonly Dictionary<string, CqlTypeCode> Natives = new()
    {
        ["AsciiType"] = CqlTypeCode.Ascii,
        ["LongType"] = CqlTypeCode.Bigint,
        ["BytesType"] = CqlTypeCode.Blob,
        ["BooleanType"] = CqlTypeCode.Boolean,
        ["CounterColumnType"] = CqlTypeCode.Counter,
        ["DecimalType"] = CqlTypeCode.Decimal,
        ["DoubleType"] = CqlTypeCode.Double,
        ["FloatType"] = CqlTypeCode.Float,
        ["Int32Type"] = CqlTypeCode.Int,
        ["TimestampType"] = CqlTypeCode.Timestamp,
        ["UUIDType"] = CqlTypeCode.Uuid,
        ["UTF8Type"] = CqlTypeCode.Text,
        ["IntegerType"] = CqlTypeCode.Varint,
        ["TimeUUIDType"] = CqlTypeCode.Timeuuid,
        ["InetAddressType"] = CqlTypeCode.Inet,
        ["SimpleDateType"] = CqlTypeCode.Date,
        ["TimeType"] = CqlTypeCode.Time,
        ["ShortType"] = CqlTypeCode.Smallint,
        ["ByteType"] = CqlTypeCode.Tinyint,
        ["DurationType"] = CqlTypeCode.Duration,
    };

    private static readonly Dictionary<CqlTypeCode, string> Names = Natives.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>A class that is unknown, here or as an argument, makes the whole a custom type.</summary>
    public static CqlType Parse(string name)
    {
        var rest = name.AsSpan();
        var type = TryParse(ref rest, 0);
        return type is not null && rest.Trim().IsEmpty ? type : CqlType.Custom(name);
    }

    public static string NameOf(CqlType type) => type.Code switch
    {
        CqlTypeCode.Custom => type.Name,
        CqlTypeCode.Vector => string.Create(CultureInfo.InvariantCulture, $"{Package}VectorType({NameOf(type.Arguments[0])} , {type.Dimension})"),
        CqlTypeCode.List => $"{Package}ListType({NameOf(type.Arguments[0])})",
        CqlTypeCode.Set => $"{Package}SetType({NameOf(type.Arguments[0])})",
        CqlTypeCode.Map => $"{Package}MapType({NameOf(type.Arguments[0])},{NameOf(type.Arguments[1])})",
        CqlTypeCode.Tuple => $"{Package}TupleType({string.Join(',', type.Arguments.Select(NameOf))})",
        CqlTypeCode.Udt => $"{Package}UserType({type.Keyspace},{ToHex(type.Name)},{string.Join(',', type.Arguments.Select((field, i) => $"{ToHex(type.FieldNames[i])}:{NameOf(field)}"))})",
        _ => Package + Names[type.Code],
    };

    private static CqlType? TryParse(ref ReadOnlySpan<char> rest, int depth)
    {
        var name = Word(ref rest);
        if (name.StartsWith(Package, StringComparison.Ordinal))
            name = name[Package.Length..];
        if (Natives.TryGetValue(name, out var native))
            return CqlType.Native(native);
        if (depth >= CqlType.DepthMax || !TryTake(ref rest, '('))
            return null;

        return name switch
        {
            "FrozenType" or "ReversedType" => Close(TryParse(ref rest, depth + 1), ref rest),
            "VectorType" => Vector(ref rest, depth),
            "UserType" => User(ref rest, depth),
            "ListType" => Arguments(ref rest, depth) is [var element] ? CqlType.List(element) : null,
            "SetType" => Arguments(ref rest, depth) is [var element] ? CqlType.Set(element) : null,
            "MapType" => Arguments(ref rest, depth) is [var key, var value] ? CqlType.Map(key, value) : null,
            "TupleType" => Arguments(ref rest, depth) is { } items ? CqlType.Tuple(items) : null,
            _ => null,
        };
    }

    private static CqlType? Vector(ref ReadOnlySpan<char> rest, int depth)
    {
        var element = TryParse(ref rest, depth + 1);
        return element is not null && TryTake(ref rest, ',') &&
            int.TryParse(Word(ref rest), NumberStyles.None, CultureInfo.InvariantCulture, out var dimension) && dimension > 0
            ? Close(CqlType.Vector(element, dimension), ref rest)
            : null;
    }

    private static CqlType? User(ref ReadOnlySpan<char> rest, int depth)
    {
        var keyspace = Word(ref rest);
        if (!TryTake(ref rest, ',') || FromHex(Word(ref rest)) is not { } name)
            return null;

        List<(string, CqlType)> fields = [];
        while (TryTake(ref rest, ','))
        {
            if (FromHex(Word(ref rest)) is not { } field || !TryTake(ref rest, ':') || TryParse(ref rest, depth + 1) is not { } type)
                return null;
            fields.Add((field, type));
        }

        return Close(CqlType.Udt(keyspace, name, fields), ref rest);
    }

    private static List<CqlType>? Arguments(ref ReadOnlySpan<char> rest, int depth)
    {
        List<CqlType> types = [];
        do
        {
            if (TryParse(ref rest, depth + 1) is not { } type)
                return null;
            types.Add(type);
        }
        while (TryTake(ref rest, ','));

        return TryTake(ref rest, ')') ? types : null;
    }

    private static CqlType? Close(CqlType? type, ref ReadOnlySpan<char> rest) => TryTake(ref rest, ')') ? type : null;

    private static string Word(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        var end = rest.IndexOfAny("(),: ");
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word.ToString();
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, char expected)
    {
        rest = rest.TrimStart();
        if (rest.IsEmpty || rest[0] != expected)
            return false;

        rest = rest[1..];
        return true;
    }

    private static string ToHex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private static string? FromHex(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        return hex.Length % 2 == 0 && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? Encoding.UTF8.GetString(bytes)
            : null;
    }
}
