import { EmojiImage } from '../emoji/EmojiImage'
import { useChat } from '../shell/chat_context'
import { Avatar } from '../ui/Avatar'
import type { Suggestion } from './suggest'
import { t } from './words'

interface SuggestionListProps {
  id: string
  list: readonly Suggestion[]
  at: number
  /** Whose own emoji may be among them. */
  space: string | null
  onPick(suggestion: Suggestion): void
}

export function SuggestionList({ id, list, at, space, onPick }: SuggestionListProps) {
  const chat = useChat()
  return (
    <div class="suggestions" role="listbox" id={id} aria-label={t('suggestions')}>
      {list.map((one, index) => (
        <div
          key={one.text}
          id={`${id}-${index}`}
          role="option"
          class="suggestion"
          aria-selected={index === at}
          // The field keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault()
            onPick(one)
          }}
        >
          {one.account !== undefined ? (
            <Avatar profile={chat.people.profile(one.account).value} id={one.account} size={22} />
          ) : (
            <span class="suggestion-sign">
              {one.sign !== undefined && <EmojiImage emoji={one.sign} space={space} />}
            </span>
          )}
          <bdi>{one.label}</bdi>
          <span class="suggestion-note">{one.note}</span>
        </div>
      ))}
    </div>
  )
}
