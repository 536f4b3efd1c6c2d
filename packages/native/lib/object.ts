/** A BPF object file: open → configure → load → attach → close. A call out of its phase throws EPHASE. */
import { addon, type NativeObject, type ProgramEntry, type ProgramInfo, type StructLayout } from './addon.ts'
import { checkBytes, checkInteger, checkRingBytes, checkText } from './arguments.ts'
import { BpfMap } from './map.ts'
import { BpfProgram } from './program.ts'

const ENTRIES_MAX = 2 ** 32 - 1

export class BpfObject {
  readonly #native: NativeObject
  readonly #maps = new Map<string, BpfMap>()
  readonly #programs = new Map<string, BpfProgram>()

  private constructor(native: NativeObject) {
    this.#native = native
  }

  static open(file: string): BpfObject {
    checkText('open', 'file', file)
    return new BpfObject(new addon.Object(file))
  }

  setMaxEntries(map: string, entries: number): void {
    checkText('set entries', 'map', map)
    checkInteger('set entries', 'entries', entries, 1, ENTRIES_MAX)
    this.#native.setMaxEntries(map, entries)
  }

  setAutocreate(map: string, on: boolean): void {
    checkText('choose a map', 'map', map)
    this.#native.setAutocreate(map, on)
  }

  setAutoload(program: string, on: boolean): void {
    checkText('choose a program', 'program', program)
    this.#native.setAutoload(program, on)
  }

  /** A template for a map that holds ring buffers, when the object does not declare one; sizes may differ later. */
  setInnerMap(map: string, ringBytes: number): void {
    checkText('set an inner map', 'map', map)
    checkRingBytes('set an inner map', ringBytes)
    this.#native.setInnerMap(map, ringBytes)
  }

  /** Sets a `const volatile` of the programs; `value` has exactly its size, in the host's byte order. */
  setGlobal(name: string, value: Uint8Array): void {
    checkText('set a global', 'name', name)
    checkBytes('set a global', 'value', value)
    this.#native.setGlobal(name, value)
  }

  /** Blocks while the verifier works. An object that failed to load is closed. */
  load(): void {
    this.#native.load()
  }

  programs(): ProgramEntry[] {
    return this.#native.programs()
  }

  /** Attaches by the program's section. Nothing happens when it is attached already. */
  attach(program: string): void {
    checkText('attach', 'program', program)
    this.#native.attach(program)
  }

  detach(program: string): void {
    checkText('detach', 'program', program)
    this.#native.detach(program)
  }

  /** Lives until the object is closed; other threads use `BpfProgram.fromFd` with its descriptor. */
  program(name: string): BpfProgram {
    checkText('use a program', 'name', name)
    const known = this.#programs.get(name)
    if (known) return known
    const program = BpfProgram.fromFd(this.#native.programFd(name))
    this.#programs.set(name, program)
    return program
  }

  programInfo(name: string): ProgramInfo {
    return this.program(name).info()
  }

  /** @see BpfProgram.testRun */
  testRun(name: string, context: Uint8Array, options: { cpu?: number } = {}): number {
    return this.program(name).testRun(context, options)
  }

  /** Lives until the object is closed; other threads use `BpfMap.fromFd` with its descriptor. */
  map(name: string): BpfMap {
    checkText('use a map', 'name', name)
    const known = this.#maps.get(name)
    if (known) return known
    const map = BpfMap.fromFd(this.#native.mapFd(name))
    this.#maps.set(name, map)
    return map
  }

  /** A struct of the programs, from the object's BTF. */
  struct(name: string): StructLayout {
    checkText('read the BTF', 'name', name)
    return this.#native.layout(name)
  }

  /** Detaches all programs and lets go of them and of the maps. Idempotent. */
  close(): void {
    for (const held of [...this.#maps.values(), ...this.#programs.values()]) held.close()
    this.#maps.clear()
    this.#programs.clear()
    this.#native.close()
  }
}
