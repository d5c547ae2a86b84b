import { Reports } from './Reports'
import type { TabProps } from './SpaceScreen'

export function ReportsTab({ space }: TabProps) {
  return <Reports space={space.id} />
}
