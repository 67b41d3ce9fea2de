"""python3-confluent-kafka (librdkafka of the system) as a client program.

usage: confluent_python.py write BOOTSTRAP TOPIC CODEC
       confluent_python.py read BOOTSTRAP TOPIC COUNT
       confluent_python.py join BOOTSTRAP TOPIC GROUP [ASSIGNOR] [INSTANCE]
"""

import sys

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

import records


def write(bootstrap, topic, codec):
    producer = Producer({
        "bootstrap.servers": bootstrap, "enable.idempotence": True, "compression.type": codec, "linger.ms": 5,
        "reconnect.backoff.max.ms": 500, "message.timeout.ms": 120000})

    def report(number):
        def delivered(error, message):
            if error:
                raise KafkaException(error)
            records.say_acknowledged(number, message.partition(), message.offset())
        return delivered

    for span in records.spans():
        for number in span:
            producer.produce(topic, key=records.key(number), value=records.value(number), headers=records.headers(number), on_delivery=report(number))
            producer.poll(0)
        producer.flush()


def read(bootstrap, topic, count):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "auto.offset.reset": "earliest"})
    partitions = consumer.list_topics(topic).topics[topic].partitions
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    for _ in range(int(count)):
        say_record(consumer.poll())
    consumer.close()


def join(bootstrap, topic, group, assignor="range", instance=None):
    ended = records.end_of_input()
    settings = {
        "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
        "heartbeat.interval.ms": 200, "reconnect.backoff.max.ms": 500, "partition.assignment.strategy": assignor}
    if instance:
        settings["group.instance.id"] = instance
    owned = set()

    def assigned(consumer, partitions):
        owned.update(p.partition for p in partitions)
        records.say_assigned(owned)

    def revoked(consumer, partitions):
        owned.difference_update(p.partition for p in partitions)
        records.say_assigned(owned)

    consumer = Consumer(settings)
    consumer.subscribe([topic], on_assign=assigned, on_revoke=revoked)
    while not ended.is_set():
        polled = consumer.consume(500, 0.1)
        for message in polled:
            if message.error():
                print("not read:", message.error(), file=sys.stderr)
            else:
                say_record(message)
        if polled:
            try:
                consumer.commit(asynchronous=False)
            except KafkaException as error:
                if error.args[0].code() != KafkaError._NO_OFFSET:
                    print("not committed:", error, file=sys.stderr)
    consumer.close()


def say_record(message):
    records.say_record(message.partition(), message.offset(), message.key(), message.value(), message.headers())


if __name__ == "__main__":
    {"write": write, "read": read, "join": join}[sys.argv[1]](*sys.argv[2:])
