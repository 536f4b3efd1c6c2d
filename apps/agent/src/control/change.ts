/** A command as a change: the settings after it, and the change in words for the history. Pure. */
import { type Command, formatBytes, type Settings } from '@ringside/protocol'

/** The settings after a command; `settings` itself stays as it is. */
export function settingsAfter(settings: Settings, command: Command): Settings {
  const after = structuredClone(settings)
  switch (command.op) {
    case 'resize':
      after.slots[command.slot].capacityBytes = command.bytes
      break
    case 'sampling':
      after.types[command.eventType].rate = command.rate
      break
    case 'backpressure':
      after.slots[command.slot].backpressure = command.on
      after.slots[command.slot].watermark = command.watermark
      break
    case 'enable':
      after.types[command.eventType].enabled = command.on
      break
    case 'pause':
      after.paused = command.on
      break
    case 'showSelf':
      after.showSelf = command.on
      break
  }
  return after
}

/** 'debug: 8 MiB → 16 MiB'. */
export function describeChange(before: Settings, command: Command): string {
  switch (command.op) {
    case 'resize':
      return `${command.slot}: ${formatBytes(before.slots[command.slot].capacityBytes)} → ${formatBytes(command.bytes)}`
    case 'sampling': {
      const rate = before.types[command.eventType].rate
      return `${command.eventType}: sampling ${percent(rate)} → ${percent(command.rate)}`
    }
    case 'backpressure':
      return command.on
        ? `${command.slot}: backpressure on, ${command.watermark === 0 ? 'always' : `above ${percent(command.watermark)}`}`
        : `${command.slot}: backpressure off`
    case 'enable':
      return `${command.eventType}: ${command.on ? 'on' : 'off'}`
    case 'pause':
      return command.on ? 'paused: no event is recorded' : 'resumed'
    case 'showSelf':
      return command.on ? "the agent's own events are shown" : "the agent's own events are filtered"
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}
