"""python3-kafka (kafka-python, pure Python) as a client program.

usage: kafka_python.py write BOOTSTRAP TOPIC CODEC
       kafka_python.py read BOOTSTRAP TOPIC COUNT
       kafka_python.py join BOOTSTRAP TOPIC GROUP [ASSIGNOR]
"""

import sys

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.errors import KafkaError

import records

ASSIGNORS = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor}


def write(bootstrap, topic, codec):
    # It has no idempotent producer: one request in flight keeps the order over resends.
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", retries=1000, max_in_flight_requests_per_connection=1, linger_ms=5,
        compression_type=None if codec == "none" else codec, reconnect_backoff_max_ms=500)
    for span in records.spans():
        sent = [(n, producer.send(topic, key=records.key(n), value=records.value(n), headers=records.headers(n))) for n in span]
        for number, future in sent:
            metadata = future.get(timeout=120)
            records.say_acknowledged(number, metadata.partition, metadata.offset)
    producer.close()


def read(bootstrap, topic, count):
    consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    for _ in range(int(count)):
        say_record(next(consumer))
    consumer.close()


class Owned(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        records.say_assigned([])

    def on_partitions_assigned(self, assigned):
        records.say_assigned(p.partition for p in assigned)


def join(bootstrap, topic, group, assignor="range"):
    ended = records.end_of_input()
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
        heartbeat_interval_ms=200, reconnect_backoff_max_ms=500, partition_assignment_strategy=[ASSIGNORS[assignor]])
    consumer.subscribe([topic], listener=Owned())
    while not ended.is_set():
        polled = consumer.poll(timeout_ms=100)
        for batch in polled.values():
            for record in batch:
                say_record(record)
        if polled:
            try:
                consumer.commit()
            except KafkaError as error:
                print("not committed:", error, file=sys.stderr)
    consumer.close(autocommit=False)


def say_record(record):
    records.say_record(record.partition, record.offset, record.key, record.value, record.headers)


if __name__ == "__main__":
    {"write": write, "read": read, "join": join}[sys.argv[1]](*sys.argv[2:])
