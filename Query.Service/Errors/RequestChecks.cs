using System.Globalization;
using Google.Rpc;
using StockAspire.Market;

namespace StockAspire.Query.Errors;

/// <summary>Collects what is wrong with a request, one violation per field, so that a caller learns all of it at once.</summary>
internal sealed class RequestChecks
{
    public const int SymbolsMax = 1_000;
    public const int PageSizeMax = 1_000;
    public const int PageSizeDefault = 100;

    private readonly List<BadRequest.Types.FieldViolation> _violations = [];

    public bool Failed => _violations.Count > 0;

    public RequestChecks Require(bool holds, string field, string description)
    {
        if (!holds)
        {
            _violations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
        }

        return this;
    }

    /// <summary>1 to 1,000 (0 too where allowed), distinct, each a symbol by <see cref="TickLimits.CheckSymbol"/>.</summary>
    public RequestChecks Symbols(IReadOnlyList<string> symbols, bool mayBeEmpty = false)
    {
        Require(mayBeEmpty || symbols.Count > 0, "symbols", "expected at least 1 symbol, got none");
        if (symbols.Count > SymbolsMax)
        {
            return Require(false, "symbols", Text($"expected at most {SymbolsMax} symbols, got {symbols.Count}"));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < symbols.Count; i++)
        {
            var fault = TickLimits.CheckSymbol(symbols[i]);
            if (fault is not null)
            {
                Require(false, Text($"symbols[{i}]"), $"expected {fault.Expected}, got {fault.Actual}");
            }
            else
            {
                Require(seen.Add(symbols[i]), Text($"symbols[{i}]"), $"expected distinct symbols, got \"{symbols[i]}\" twice");
            }
        }

        return this;
    }

    /// <summary>The page size to use: 0 is 100.</summary>
    public int PageSize(int asked)
    {
        Require(asked is >= 0 and <= PageSizeMax, "page_size", Text($"expected 0 to {PageSizeMax}, got {asked}"));
        return asked == 0 ? PageSizeDefault : asked;
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT where anything was wrong.</exception>
    public void ThrowIfFailed()
    {
        if (Failed)
        {
            throw ApiError.InvalidArgument(_violations);
        }
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
