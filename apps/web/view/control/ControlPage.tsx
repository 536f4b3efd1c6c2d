'use client'
/** What an operator can change, on the running kernel: asked beside applied, effect before use, and the way back. */
import { useAgent } from '../../store/agent.ts'
import { Waiting } from '../parts/Waiting.tsx'
import { BufferControls } from './BufferControls.tsx'
import { CaptureControls } from './CaptureControls.tsx'
import { ChangeList } from './ChangeList.tsx'
import { TypeControls } from './TypeControls.tsx'

export function ControlPage() {
  const control = useAgent((state) => state.control)
  if (control === null) return <Waiting />
  return (
    <div className="mx-auto grid max-w-[96rem] gap-3 p-3">
      <h1 className="sr-only">Control</h1>
      <CaptureControls control={control} />
      <BufferControls control={control} />
      <TypeControls control={control} />
      <ChangeList control={control} />
    </div>
  )
}
