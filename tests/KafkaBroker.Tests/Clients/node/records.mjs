// The records that client programs write, and the lines by which they tell the test what became of them.

import { createInterface } from 'node:readline'

export const key = number => `key-${number}`
export const value = number => `${number}: Zürich, 東京`
export const headerName = 'number'

const say = (...fields) => process.stdout.write(fields.join('\t') + '\n')

export const sayAcknowledged = (number, partition, offset) => say('acked', number, partition, offset)

/** Headers as pairs of name and text. */
export const sayRecord = (partition, offset, key, value, headers) =>
  say('record', partition, offset, key, value, headers.map(([name, content]) => `${name}=${content}`).join(','))

export const sayAssigned = partitions => say('assigned', [...partitions].sort((a, b) => a - b).join(','))

/** Ranges of numbers to write, one a line of the standard input (FROM TO, the latter left out), in portions of a request's size. */
export async function * portions (size) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [first, end] = line.split(' ').map(Number)
    for (let from = first; from < end; from += size) {
      yield Array.from({ length: Math.min(size, end - from) }, (_, i) => from + i)
    }
  }
}

/** Tells where each number of a request came to lie, given each partition's first offset: a request keeps their order. */
export function sayWhereTheyLie (numbers, partitionOf, firstOffsets) {
  const next = new Map(firstOffsets)
  for (const number of numbers) {
    const partition = partitionOf(number)
    sayAcknowledged(number, partition, next.get(partition))
    next.set(partition, next.get(partition) + 1n)
  }
}

/** Resolves when the test closes the standard input: time to leave. */
export const endOfInput = () => new Promise(resolve => process.stdin.on('end', resolve).resume())

/** Runs the verb of the command line and then ends: clients leave timers behind that would keep the process alive. */
export async function run (verbs) {
  await verbs[process.argv[2]](...process.argv.slice(3))
  process.exit()
}
