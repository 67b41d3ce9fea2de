using System.Text;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Publishing;

/// <summary>When a seal is written and what it covers.</summary>
internal sealed partial class SourceSession
{
    /// <summary>
    /// A seal is due at once where nothing else is on its way (a lone live tick does not wait), where enough rows wait, or
    /// where the last seal is long enough ago; a timer looks again otherwise.
    /// </summary>
    private bool SealIsDue(out int count)
    {
        count = 0;
        var rows = 0;
        while (count < _sent.Count && _sent[count].IsDelivered)
        {
            rows += _sent[count++].RowCount;
        }

        if (_settings.IsAligned)
        {
            count = WithoutShrinking(count);
        }

        if (count == 0)
        {
            return false;
        }

        var elapsed = _time.GetElapsedTime(_lastSeal);
        if (count == _sent.Count || rows >= _settings.AckTicks || elapsed >= _settings.AckInterval)
        {
            return true;
        }

        _sealTimer.Change(_settings.AckInterval - elapsed, Timeout.InfiniteTimeSpan);
        return false;
    }

    /// <summary>Among rows that were sealed before, only whole seals are written again: a promise never says less than it did.</summary>
    private int WithoutShrinking(int count)
    {
        while (count > 0 && _sent[count - 1].Next <= _settings.SealedThrough && !SessionSettings.IsBoundary(_sent[count - 1].Next))
        {
            count--;
        }

        return count;
    }

    private RecordBatch BuildSeals(int count)
    {
        var batch = new RecordBatch { Delivered = _wake.Wake };
        for (var i = 0; i < count; i++)
        {
            var sum = _sent[i].Sum;
            if (!_seal.IsEmpty && MustEndBefore(sum))
            {
                batch.Add(BuildSeal());
                _seal.Start(_seal.Next);
            }

            _seal.Add(sum);
        }

        batch.Add(BuildSeal());
        _lastSeal = _time.GetTimestamp();
        _metrics.SealsWritten(batch.Records.Count);
        return batch;
    }

    /// <summary>A full seal ends where sequences follow; corrections alone join it while there is room.</summary>
    private bool MustEndBefore(SealBuilder following)
    {
        if (_seal.SizeBound + following.SizeBound > SealSizeMax)
        {
            return true;
        }

        if (following.SequenceCount == 0 || _seal.SequenceCount == 0)
        {
            return false;
        }

        return _settings.IsAligned
            ? SessionSettings.IsBoundary(_seal.Next)
            : _seal.SequenceCount >= (ulong)_settings.AckTicks;
    }

    private StreamRecord BuildSeal()
    {
        var seal = _seal.Build(_time.NowNs());
        return new StreamRecord(Topics.Seals, Encoding.UTF8.GetBytes(seal.Key), SealCodec.Encode(seal));
    }
}
