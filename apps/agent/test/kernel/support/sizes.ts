/** Sizes of rings for many resizes: random, and the same in every run. */

const FIRST_BYTES = 2 ** 20
const SEED = 20_240_817

/** 1 MiB, and `resizes` powers of two between the two exponents after it; neighbours differ. */
export function randomSizes(resizes: number, least: number, most: number): number[] {
  const sizes = [FIRST_BYTES]
  let state = SEED
  while (sizes.length <= resizes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const bytes = 2 ** (least + Math.floor((state / 2 ** 32) * (most - least + 1)))
    if (bytes !== sizes.at(-1)) sizes.push(bytes)
  }
  return sizes
}
