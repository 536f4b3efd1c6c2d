/** A process of its own, in which epoll_pwait2 is refused: prints what a wait of 3 ms returns, and how long it takes. */
import { Poller, wake } from '@ringside/native'

const poller = new Poller()
const start = performance.now()
const mask = poller.wait(3000)
const ms = performance.now() - start
wake(poller.waker)
console.log(JSON.stringify({ mask, ms, woken: poller.wait(1_000_000) }))
poller.close()
