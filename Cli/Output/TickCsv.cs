using StockAspire.Market;

namespace StockAspire.Cli.Output;

/// <summary>
/// CSV as RFC 4180 has it, but with LF line ends. Times are RFC 3339 UTC with ns, prices and sizes plain decimals, all
/// exact; conditions are divided by a blank; attributes are one JSON object, empty where there are none.
/// </summary>
internal sealed class TickCsv : ITickOutput
{
    public const string Header = "symbol,event_time,price,size,venue,conditions,source,sequence,revision,action,ingest_time,attributes";

    private readonly Utf8Output _output;
    private readonly bool _withAge;
    private readonly TimeText _eventTime = new();
    private readonly TimeText _ingestTime = new();

    public TickCsv(Utf8Output output, bool withAge)
    {
        _output = output;
        _withAge = withAge;
        output.AppendLine(withAge ? Header + ",age_ns" : Header);
    }

    public void Write(in Tick tick, long ageNs = 0)
    {
        Text(tick.Symbol);
        _output.Append(_eventTime.Format(tick.EventTimeNs));
        Comma();
        _output.Append(tick.Price);
        Comma();
        _output.Append(tick.Size);
        Comma();
        Text(tick.Venue);
        Text(tick.Conditions.Count == 0 ? string.Empty : tick.Conditions.ToString());
        Text(tick.Id.Source);
        _output.Append(tick.Id.Sequence);
        Comma();
        _output.Append(tick.Revision);
        Comma();
        Text(TickJson.NameOf(tick.Action));
        if (tick.IngestTimeNs != 0)
        {
            _output.Append(_ingestTime.Format(tick.IngestTimeNs));
        }

        Comma();
        CsvField.Append(_output, tick.Attributes.Count == 0 ? string.Empty : TickJson.Attributes(tick.Attributes));
        if (_withAge)
        {
            Comma();
            _output.Append(ageNs);
        }

        _output.Append((byte)'\n');
    }

    public void Flush() => _output.Flush();

    private void Text(string text)
    {
        CsvField.Append(_output, text);
        Comma();
    }

    private void Comma() => _output.Append((byte)',');
}
