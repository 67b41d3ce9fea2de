// Writes the sample files beside itself: dotnet run samples/make-samples.cs
//
// All of it is invented: the indices, their levels, the symbol, every trade. The same bytes come out on every machine: the
// randomness is SplitMix64 with fixed seeds, and all arithmetic is on integers.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

var folder = args.Length > 0 ? args[0] : Folder();
File.WriteAllText(Path.Combine(folder, "indices.csv"), Indices());
File.WriteAllText(Path.Combine(folder, "demo_20240102_trade.csv"), Trades());
return;

static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

// Daily rows of six indices, day by day: levels in hundredths, a random walk of at most 2 % a day.
static string Indices()
{
    const int Days = 300;
    (string Name, long Level, long Volume, long UsdE4)[] indices =
    [
        ("AUR100", 812_450, 1_840_000_000, 10_000), // US dollars for one unit of the index's currency, x 10,000
        ("BOREAL", 1_534_220, 96_300_000, 10_870),
        ("CASPIA", 264_875, 412_700_000, 1_280),
        ("DELTA50", 4_102_960, 38_100_000, 12_710),
        ("ESTRAL", 3_318_005, 720_500_000, 69),
        ("FJORD25", 118_740, 12_900_000, 980),
    ];
    var random = new SplitMix64(20230102);
    var text = new StringBuilder("Index,Date,Open,High,Low,Close,Adj Close,Volume,CloseUSD\n");
    var date = new DateOnly(2023, 1, 2);
    for (var day = 0; day < Days; date = date.AddDays(1))
    {
        if (date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            continue;
        }

        day++;
        for (var i = 0; i < indices.Length; i++)
        {
            ref var index = ref indices[i];
            var open = index.Level + Part(index.Level, random.Between(-400, 400));
            var close = open + Part(open, random.Between(-1_550, 1_600));
            var high = Math.Max(open, close) + Part(open, random.Between(0, 700));
            var low = Math.Min(open, close) - Part(open, random.Between(0, 700));
            var volume = index.Volume + Part(index.Volume, random.Between(-35_000, 35_000));
            index.Level = close;
            text.Append(CultureInfo.InvariantCulture, $"{index.Name},{date:yyyy-MM-dd},{Cents(open)},{Cents(high)},{Cents(low)},{Cents(close)},{Cents(close)},");
            text.Append(CultureInfo.InvariantCulture, $"{volume / 100 * 100},{UsdE6(close * index.UsdE4)}\n");
        }
    }

    return text.ToString();
}

// Trades of one day from 09:30 to 16:00 in New York: ms since midnight, price x 10,000, size, exchange, sale condition
// (hexadecimal), suspicious. Busy at both ends, some trades sharing their millisecond, a bad print now and then.
static string Trades()
{
    const int Rows = 20_000;
    const int Open = ((9 * 60) + 30) * 60_000;
    const int Length = ((6 * 60) + 30) * 60_000;
    const string Venues = "DDDDPPPQQQNNZZBXJK";
    var random = new SplitMix64(20240102);
    var times = new int[Rows];
    for (var i = 0; i < Rows; i++)
    {
        // Two draws of four fall near the open or the close.
        var at = random.Between(0, Length - 1);
        times[i] = Open + (int)(random.Between(0, 3) switch
        {
            0 => at / 6,
            1 => Length - 1 - (at / 8),
            _ => at,
        });
        if (i > 0 && random.Between(0, 9) == 0)
        {
            times[i] = times[i - 1];
        }
    }

    Array.Sort(times);
    var text = new StringBuilder();
    var cents = 18_425L;
    foreach (var ms in times)
    {
        cents += random.Between(0, 11) switch { 0 => -1, 1 => 1, 2 => random.Between(-3, 3), _ => 0 };
        var oddLot = random.Between(0, 2) == 0;
        var suspicious = random.Between(0, 2_499) == 0;
        var size = oddLot ? random.Between(1, 99) : 100 * random.Between(1, random.Between(0, 19) == 0 ? 50 : 5);

        // Dark pools print at the half cent.
        var venue = Venues[(int)random.Between(0, Venues.Length - 1)];
        var price = (cents * 100) + (venue == 'D' && random.Between(0, 3) == 0 ? 50 : 0) + (suspicious ? 90_000 : 0);
        var condition = oddLot ? "20000020" : random.Between(0, 24) == 0 ? "20" : "1";
        text.Append(CultureInfo.InvariantCulture, $"{ms},{price},{size},{venue},{condition},{(suspicious ? 1 : 0)}\n");
    }

    return text.ToString();
}

// Parts in 100,000, rounded towards zero.
static long Part(long value, long parts) => value / 100 * parts / 1_000;

static string Cents(long hundredths) => string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:d2}");

static string UsdE6(long millionths) => string.Create(CultureInfo.InvariantCulture, $"{millionths / 1_000_000}.{millionths % 1_000_000:d6}");

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public long Between(long first, long last) => first + (long)Math.BigMul(Next(), (ulong)(last - first + 1), out _);

    private ulong Next()
    {
        _state = unchecked(_state + 0x9E3779B97F4A7C15UL);
        var x = _state;
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EBUL);
        return x ^ (x >> 31);
    }
}
