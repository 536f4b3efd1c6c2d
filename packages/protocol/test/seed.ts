/** One seed for all properties of a file, printed, so that a failure can be had again: `SEED=… npx vitest run`. */
import fc from 'fast-check'

const given = Number(process.env.SEED)
const seed = Number.isSafeInteger(given) && given !== 0 ? given : Math.floor(Math.random() * 0x7fff_ffff)
fc.configureGlobal({ seed })
console.log(`fast-check: SEED=${seed}`)
