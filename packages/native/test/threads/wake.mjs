/** Wakes a poller of another thread. */
import { workerData } from 'node:worker_threads'
import { wake } from '@ringside/native'

wake(workerData.waker)
