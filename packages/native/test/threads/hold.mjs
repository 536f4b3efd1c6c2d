/** Runs the program that keeps its record busy, in a thread of its own: the test looks on from another. */
import { workerData } from 'node:worker_threads'
import { BpfProgram } from '@ringside/native'

BpfProgram.fromFd(workerData.fd).testRun(new Uint8Array(0))
