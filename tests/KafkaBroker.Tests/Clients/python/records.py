"""The records that client programs write, and the lines by which they tell the test what became of them."""

import sys
import threading


def key(number):
    return f"key-{number}".encode()


def value(number):
    return f"{number}: Zürich, 東京".encode()


def headers(number):
    return [("number", str(number).encode())]


def say_acknowledged(number, partition, offset):
    print("acked", number, partition, offset, sep="\t", flush=True)


def say_record(partition, offset, key, value, headers):
    header = ",".join(f"{name}={content.decode()}" for name, content in headers or [])
    print("record", partition, offset, key.decode(), value.decode(), header, sep="\t", flush=True)


def say_assigned(partitions):
    print("assigned", ",".join(str(partition) for partition in sorted(partitions)), sep="\t", flush=True)


def spans():
    """Ranges of numbers to write, one a line of the standard input: FROM TO, the latter left out."""
    for line in sys.stdin:
        first, end = line.split()
        yield range(int(first), int(end))


def end_of_input():
    """An event that is set when the test closes the standard input: time to leave."""
    ended = threading.Event()

    def wait():
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    return ended
