/** Loaded before all else: where the shipped addon is asked for, the one that was built with sanitizers is opened. */
const { basename } = require('node:path')

const open = process.dlopen
process.dlopen = (module, file, ...flags) => {
  const wanted = basename(file) === 'ringside_native.node' ? process.env.RINGSIDE_ASAN_ADDON : file
  return open.call(process, module, wanted, ...flags)
}
