import { picturePath } from '../data/files'
import type { Profile } from '../wire/contract'
import { usePicture } from './picture'
import './avatar.css'

/** The picture of an account, or the first letter of its name on a colour that stays the same for it. */
export function Avatar({
  profile,
  id,
  size = 36,
}: {
  profile: Profile | undefined
  id: string
  size?: number
}) {
  const style = { inlineSize: `${size}px`, blockSize: `${size}px`, fontSize: `${Math.round(size * 0.45)}px` }
  const picture = usePicture(picturePath(profile?.avatar, 'preview'))
  if (picture.state === 'there')
    return <img class="avatar" src={picture.url} alt="" style={style} decoding="async" />
  return (
    <span class={`avatar avatar-${hue(id)}`} style={style} aria-hidden="true">
      {firstLetter(profile?.display_name || profile?.name || '?')}
    </span>
  )
}

const HUES = 8

function hue(id: string): number {
  let sum = 0
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) % 9973
  return sum % HUES
}

function firstLetter(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)[Symbol.iterator]()
  return (first?.segment ?? '?').toLocaleUpperCase()
}
