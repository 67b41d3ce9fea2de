// @platformatic/kafka as a client program.
//
// usage: platformatic.mjs write BOOTSTRAP TOPIC CODEC
//        platformatic.mjs read BOOTSTRAP TOPIC COUNT
//        platformatic.mjs join BOOTSTRAP TOPIC GROUP [ASSIGNOR] [INSTANCE]

import { Consumer, Producer, ProduceAcks, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import { endOfInput, headerName, key, portions, run, sayAssigned, sayRecord, sayWhereTheyLie, value } from './records.mjs'

const base = bootstrap => ({ clientId: 'platformatic', bootstrapBrokers: [bootstrap], retries: 200, retryDelay: 200 })

async function write (bootstrap, topic, codec) {
  const producer = new Producer({ ...base(bootstrap), serializers: stringSerializers, idempotent: true, autocreateTopics: false })
  const { topics } = await producer.metadata({ topics: [topic] })
  const partitionOf = number => number % topics.get(topic).partitionsCount
  for await (const numbers of portions(50)) {
    const messages = numbers.map(n => ({ topic, partition: partitionOf(n), key: key(n), value: value(n), headers: { [headerName]: String(n) } }))
    const { offsets } = await producer.send({ messages, acks: ProduceAcks.ALL, compression: codec })
    sayWhereTheyLie(numbers, partitionOf, offsets.map(o => [o.partition, o.offset]))
  }
  await producer.close()
}

// A reader without a group is not known to this client; it reads in a group of its own and commits nothing.
async function read (bootstrap, topic, count) {
  const consumer = new Consumer({ ...base(bootstrap), groupId: `read-${process.pid}`, deserializers: stringDeserializers })
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false, maxWaitTime: 200 })
  let remaining = Number(count)
  for await (const message of stream) {
    tell(message)
    if (--remaining === 0) break
  }
  await consumer.close(true)
}

async function join (bootstrap, topic, group, _assignor, instance) {
  const consumer = new Consumer({
    ...base(bootstrap),
    groupId: group,
    ...(instance ? { groupInstanceId: instance } : {}),
    heartbeatInterval: 200,
    deserializers: stringDeserializers
  })
  consumer.on('consumer:group:join', ({ assignments }) => sayAssigned(assignments.flatMap(a => a.partitions)))

  // Its autocommit may be on its way still when the stream closes, so each record is committed once it is told.
  const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: false, maxWaitTime: 200 })
  endOfInput().then(() => stream.close())
  for await (const message of stream) {
    tell(message)
    try {
      await message.commit()
    } catch (error) {
      console.error('not committed:', error.message)
    }
  }
  await consumer.close()
}

const tell = ({ partition, offset, key, value, headers }) => sayRecord(partition, offset, key, value, [...headers])

await run({ write, read, join })
