"""Publishes ten ticks and reads them back with Python's stock gRPC, knowing nothing but the protos.

usage: ticks.py STUBS INGEST QUERY SOURCE SYMBOL    (addresses as HOST:PORT)
Prints one line a tick: source sequence symbol event_time_ns price_e9 size_e8
"""
import sys
import time

stubs, ingest_address, query_address, source, symbol = sys.argv[1:]
sys.path.insert(0, stubs)

import grpc  # noqa: E402
from stockaspire.v1 import ingest_pb2, ingest_pb2_grpc, query_pb2, query_pb2_grpc, tick_pb2  # noqa: E402

START_NS = 1_700_000_000_000_000_000
COUNT = 10

block = tick_pb2.TickBlock(symbols=[symbol], venues=["X"])
block.sequence_delta.extend([1] * COUNT)
block.event_time_delta_ns.extend([START_NS] + [1_000_000] * (COUNT - 1))
block.price_delta_e9.extend([123_450_000_000] + [10_000_000] * (COUNT - 1))
block.size_e8.extend([100_000_000] * COUNT)


def requests():
    yield ingest_pb2.StreamTicksRequest(open=ingest_pb2.StreamOpen(source=source, first_sequence=1))
    yield ingest_pb2.StreamTicksRequest(block=block)


with grpc.insecure_channel(ingest_address) as channel:
    through = 0
    for response in ingest_pb2_grpc.IngestServiceStub(channel).StreamTicks(requests(), timeout=60):
        if response.HasField("ack"):
            through = response.ack.through_sequence
    if through != COUNT:
        sys.exit(f"expected an acknowledgement through {COUNT}, got {through}")

with grpc.insecure_channel(query_address) as channel:
    query = query_pb2_grpc.QueryServiceStub(channel)
    deadline = time.monotonic() + 60
    while True:
        lines = []
        request = query_pb2.QueryTicksRequest(symbols=[symbol], start_ns=START_NS, end_ns=START_NS + 1_000_000_000)
        for response in query.QueryTicks(request, timeout=30):
            rows = response.block
            sequence = event_time = price = 0
            for row in range(len(rows.sequence_delta)):
                sequence += rows.sequence_delta[row]
                event_time += rows.event_time_delta_ns[row]
                price += rows.price_delta_e9[row]
                of = rows.sources[rows.source_index[row] if rows.source_index else 0]
                lines.append(f"{of} {sequence} {rows.symbols[0]} {event_time} {price} {rows.size_e8[row]}")
        if len(lines) >= COUNT or time.monotonic() > deadline:
            break
        time.sleep(0.1)
print("\n".join(lines))
