/** Runs the program that keeps a record busy, on a CPU that nobody else gets meanwhile. */
import { workerData } from 'node:worker_threads'
import { BpfProgram, pinThread } from '@ringside/native'

const { fd, cpu } = workerData
pinThread(cpu)
BpfProgram.fromFd(fd).testRun(new Uint8Array(0))
