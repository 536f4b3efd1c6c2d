'use client'
/** What an operator can change, on the running kernel: asked beside applied, effect before use, and the way back. */
import { useAgent } from '../../store/agent.ts'
import { useTargetOnceThere } from '../hooks/use-target.ts'
import { Waiting } from '../parts/Waiting.tsx'
import { BufferControls } from './BufferControls.tsx'
import { CaptureControls } from './CaptureControls.tsx'
import { ChangeList } from './ChangeList.tsx'
import { ControlNav } from './ControlNav.tsx'
import { FilterControls } from './FilterControls.tsx'
import { OrderControl } from './OrderControl.tsx'
import { RouteControls } from './RouteControls.tsx'
import { TypeControls } from './TypeControls.tsx'

export function ControlPage() {
  const control = useAgent((state) => state.control)
  useTargetOnceThere(control !== null)
  if (control === null) return <Waiting />
  return (
    <div className="mx-auto grid max-w-[100rem] grid-cols-[8.5rem_minmax(0,1fr)] gap-3 p-3 max-[1100px]:grid-cols-1">
      <h1 className="sr-only">Control</h1>
      <ControlNav control={control} />
      <div className="grid min-w-0 gap-3">
        <CaptureControls control={control} />
        <RouteControls control={control} />
        <BufferControls control={control} />
        <TypeControls control={control} />
        <FilterControls control={control} />
        <OrderControl control={control} />
        <ChangeList control={control} />
      </div>
    </div>
  )
}
