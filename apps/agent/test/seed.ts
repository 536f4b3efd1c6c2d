/** One seed for all properties, see vitest.config.ts. */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.SEED) })
