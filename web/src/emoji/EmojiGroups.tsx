import { GROUPS, OWN, RECENTLY } from './groups'
import { recent } from './recent'
import { t } from './words'

const SIGNS: Readonly<Record<number, string>> = {
  [RECENTLY]: '🕘',
  [OWN]: '✨',
  0: '😀',
  1: '👋',
  3: '🐻',
  4: '🍏',
  5: '🚗',
  6: '⚽',
  7: '💡',
  8: '❤️',
  9: '🏳️',
}

interface EmojiGroupsProps {
  /** Null while somebody searches. */
  chosen: number | null
  /** Whether the space has emoji of its own. */
  own: boolean
  onChoose(group: number): void
}

export function EmojiGroups({ chosen, own, onChoose }: EmojiGroupsProps) {
  const groups = GROUPS.filter((id) => (id !== OWN || own) && (id !== RECENTLY || recent.value.length > 0))
  return (
    <div class="emoji-groups" role="group" aria-label={t('groups')}>
      {groups.map((id) => (
        <button
          key={id}
          type="button"
          class="emoji-group"
          aria-pressed={chosen === id}
          aria-label={t(`group_${id}`)}
          title={t(`group_${id}`)}
          onClick={() => onChoose(id)}
        >
          {SIGNS[id]}
        </button>
      ))}
    </div>
  )
}
