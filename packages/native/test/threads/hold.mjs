/** Runs the program that keeps its record busy, in a thread of its own: the test looks on from another. */
import { workerData } from 'node:worker_threads'
import { BpfProgram, pinThread } from '@ringside/native'

// The program does not yield its CPU: the test that looks on must have another.
pinThread(workerData.cpu)
BpfProgram.fromFd(workerData.fd).testRun(new Uint8Array(0))
