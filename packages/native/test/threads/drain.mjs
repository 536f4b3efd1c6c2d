/** A process of its own, in which batches are refused: drains a hash, and prints what came and what is left. */
import { BpfObject } from '@ringside/native'

const ENTRIES = 1000
const words = (value) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)

const object = BpfObject.open(process.argv[2])
object.setInnerMap('undeclared', 4096)
object.load()
const many = object.map('many')
for (let key = 0; key < ENTRIES; key += 1) many.update(words(key), words(key * 3))
const { keys, values } = await many.drainAsync()
const found = new BigUint64Array(keys.buffer)
const of = new BigUint64Array(values.buffer)
const exact = new Set(found).size === ENTRIES && found.every((key, at) => of[at] === key * 3n)
const left = (await many.drainAsync()).keys.length
console.log(JSON.stringify({ entries: found.length, exact, left }))
object.close()
