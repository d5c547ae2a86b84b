import { Audit } from './Audit'
import type { TabProps } from './SpaceScreen'

export function AuditTab({ space }: TabProps) {
  return <Audit space={space.id} />
}
