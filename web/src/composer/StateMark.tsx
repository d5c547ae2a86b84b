import { Icon } from '../ui/Icon'
import { t } from './state_words'

const ICONS = { waiting: 'time', uploading: 'up', sending: 'time', sent: 'check', failed: 'close' } as const

/** How far a message of one's own has come, as a small sign with words behind it. */
export function StateMark({ state }: { state: keyof typeof ICONS }) {
  const words = t(state === 'failed' ? 'not_sent' : state === 'uploading' ? 'sends_when_ready' : state)
  return (
    <span class={`state state-${state}`} role="img" aria-label={words} title={words}>
      <Icon name={ICONS[state]} size={14} />
    </span>
  )
}
