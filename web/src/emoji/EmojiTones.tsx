import { preferTone, tone } from './recent'
import { t } from './words'

const SIGNS = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿']

/** The tone of skin that emoji of people have. */
export function EmojiTones() {
  return (
    <div class="emoji-tones" role="radiogroup" aria-label={t('tone')}>
      {SIGNS.map((sign, index) => (
        <button
          key={sign}
          type="button"
          role="radio"
          class="emoji-group"
          aria-checked={tone.value === index}
          aria-label={t(`tone_${index as 0}`)}
          onClick={() => preferTone(index)}
        >
          {sign}
        </button>
      ))}
    </div>
  )
}
