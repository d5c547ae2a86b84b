import { picturePath } from '../data/files'
import { useChat } from '../shell/chat_context'
import { usePicture } from '../ui/picture'

/** An emoji as a sign, or the picture of one of the space's own, `:name:`. */
export function EmojiImage({ emoji, space }: { emoji: string; space: string | null }) {
  const chat = useChat()
  const name = /^:([a-z0-9_+-]{2,32}):$/.exec(emoji)?.[1]
  const image = name === undefined ? undefined : chat.emoji.of(space).value?.get(name)?.image
  const picture = usePicture(picturePath(image, 'preview'))
  if (picture.state === 'there') return <img class="emoji-image" src={picture.url} alt={emoji} />
  return <span class="emoji-sign">{emoji}</span>
}
