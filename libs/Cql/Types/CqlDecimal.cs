using System.Numerics;

namespace StockAspire.Cql;

/// <summary>CQL decimal: <see cref="Unscaled"/> times ten to the power of minus <see cref="Scale"/>, of any size.</summary>
public readonly record struct CqlDecimal(BigInteger Unscaled, int Scale)
{
    /// <summary>What <see cref="decimal"/> can hold: 96 bits and a scale of 0 to 28.</summary>
    private static readonly BigInteger UnscaledMax = new(decimal.MaxValue);

    private const int ScaleMax = 28;

    public static CqlDecimal FromDecimal(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var unscaled = (new BigInteger((uint)parts[2]) << 64) | (new BigInteger((uint)parts[1]) << 32) | (uint)parts[0];
        return new CqlDecimal(value < 0 ? -unscaled : unscaled, value.Scale);
    }

    /// <exception cref="OverflowException">The number needs more digits than a <see cref="decimal"/> has.</exception>
    public decimal ToDecimal()
    {
        var (unscaled, scale) = (Unscaled, Scale);
        while (scale < 0 && BigInteger.Abs(unscaled) <= UnscaledMax)
        {
            unscaled *= 10;
            scale++;
        }

        var magnitude = BigInteger.Abs(unscaled);
        if (scale is < 0 or > ScaleMax || magnitude > UnscaledMax)
            throw new OverflowException($"{Unscaled} with scale {Scale} does not fit System.Decimal.");

        return new decimal(
            (int)(uint)(magnitude & uint.MaxValue),
            (int)(uint)((magnitude >> 32) & uint.MaxValue),
            (int)(uint)(magnitude >> 64),
            unscaled.Sign < 0,
            (byte)scale);
    }

    public override string ToString() => $"{Unscaled}E{-Scale}";
}
