/** The tools that are not npm's: what they are for, how their presence is told, and which Debian package has them. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const HEADER_FOLDERS = ['/usr/include', '/usr/local/include', `/usr/include/${multiarch()}`]

const command = (name) => () => onPath(name)
const header = (name) => () => HEADER_FOLDERS.some((folder) => existsSync(join(folder, name)))

/** What compiles the BPF object and the addon. */
export const KERNEL_PACKAGES = [
  { package: 'clang', because: 'it compiles the BPF programs', found: command('clang') },
  {
    package: 'llvm',
    because: 'llvm-strip takes the debug sections out of the BPF object',
    found: command('llvm-strip'),
  },
  { package: 'g++', because: 'it compiles the addon that binds libbpf to Node', found: command('g++') },
  { package: 'make', because: 'libbpf and the addon are built with it', found: command('make') },
  { package: 'python3', because: 'node-gyp writes its makefiles with it', found: command('python3') },
  { package: 'libelf-dev', because: 'libbpf reads the BPF object with libelf', found: header('libelf.h') },
  { package: 'zlib1g-dev', because: 'libelf reads compressed sections with zlib', found: header('zlib.h') },
  { package: 'linux-libc-dev', because: 'it has the kernel headers for user space', found: header('asm/types.h') },
]

/** What the tests need beyond that. */
export const TEST_PACKAGES = [
  { package: 'chromium', because: 'the browser tests drive it', found: command('chromium') },
  { package: 'nginx', because: 'the page is tested behind it, under a sub-path', found: command('nginx') },
  {
    package: 'bpftool',
    because: 'it tells the tests from outside what is loaded and attached',
    found: command('bpftool'),
  },
  {
    package: 'libclang-rt-14-dev',
    because: 'the readers of buffers are fuzzed with it, and searched for data races',
    found: hasClangRuntimes,
  },
]

/** Its folder has the version in its name, and so has the package. */
function hasClangRuntimes() {
  const { status, stdout } = spawnSync('clang', ['-print-resource-dir'], { encoding: 'utf8' })
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  return status === 0 && existsSync(join(stdout.trim(), 'lib', 'linux', `libclang_rt.fuzzer-${machine}.a`))
}

export function onPath(name) {
  // Tools for administrators live in sbin, which is not on everybody's path.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)))
}

function multiarch() {
  return process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
}
