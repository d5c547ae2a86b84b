/** An emoji by its name, such as `:tada:`. */

import { useLayoutEffect, useState } from 'preact/hooks'
import { picturePath } from '../data/files'
import { useChat } from '../shell/chat_context'
import { usePicture } from '../ui/picture'

/** One of the space's own, or what programs and people from elsewhere write for one that everybody has. */
export function NamedEmoji({ name, space }: { name: string; space: string | null }) {
  const own = useChat().emoji.of(space).value
  const emoji = own?.get(name)
  const picture = usePicture(picturePath(emoji?.image, 'whole'))
  const [sign, setSign] = useState<string | null>(null)
  // A time such as `:30:` is no name, and for it no list is loaded.
  const usual = emoji === undefined && (own !== undefined || space === null) && /[a-z+]/.test(name)
  useLayoutEffect(() => {
    if (!usual) return
    import('../emoji/find')
      .then(({ emojiNamed }) => emojiNamed(name, undefined))
      .then(setSign, () => undefined)
  }, [usual, name])
  if (picture.state === 'there')
    return <img class="text-emoji" src={picture.url} alt={`:${name}:`} title={`:${name}:`} />
  return usual && sign !== null ? <span title={`:${name}:`}>{sign}</span> : `:${name}:`
}
