/** What the reading half of the kernel source is given: descriptors and handles, valid in every thread. */
import type { BpfObject, Waker } from '@ringside/native'
import type { Transport } from '@ringside/protocol'
import type { Buffer, FeedDescriptor } from '../source.ts'

export type KernelDescriptor = Extract<FeedDescriptor, { kind: 'kernel' }>

export interface ReadingParts {
  object: BpfObject
  transport: Transport
  cpus: number
  waker: Waker
  /** By slot. */
  buffers: (Buffer | null)[]
}

export function describeFeed({ object, transport, cpus, waker, buffers }: ReadingParts): KernelDescriptor {
  const fd = (map: string) => object.map(map).fd
  return {
    kind: 'kernel',
    transport,
    cpus,
    rowsFd: fd('rows'),
    wakeFd: fd('wake'),
    controlFd: fd('control'),
    buffers,
    waker: waker.handle,
  }
}
