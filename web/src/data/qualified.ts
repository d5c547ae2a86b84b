/**
 * The one form in which the server keeps an emoji (UTS #51, ED-18: fully qualified), so that what is shown before it
 * answers is the same as after. Names such as `:party:` stay as they are.
 */
export function qualified(emoji: string): string {
  if (!/[^\0-\x7f]/.test(emoji)) return emoji
  return emoji
    .normalize('NFC')
    .replace(/[\ufe0e\ufe0f]/gu, '')
    .replace(
      /[0-9#*](?=\u20e3)|(?![0-9#*]|\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu,
      '$&\ufe0f',
    )
}
