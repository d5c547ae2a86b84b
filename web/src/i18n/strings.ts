/**
 * Words in the reader's language. Each area has its own table, so that what is loaded later brings its own words.
 *
 * A string names values in braces: `{name} joined`. What depends on a count has a form for each plural category of
 * its language: `{ one: '{count} message', other: '{count} messages' }`.
 */

import { signal } from '@preact/signals'
import { store, stored } from '../shell/storage'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES
type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }
type Entry = string | Plural
type Values = Readonly<Record<string, string | number>>

const STORED = 'chatd.language'

export const language = signal<Language>(chosen())

/** Another language, kept for the next visit. */
export function speak(next: Language): void {
  language.value = next
  document.documentElement.lang = next
  store(STORED, next)
}

/** The words of an area: every key in every language, which the types check. */
export function strings<T extends Record<string, Entry>>(
  en: T,
  de: { [K in keyof T]: T[K] extends string ? string : Plural },
): (key: keyof T, values?: Values) => string {
  const tables = { en, de }
  return (key, values = {}) => {
    const entry = tables[language.value][key] as Entry
    const text =
      typeof entry === 'string'
        ? entry
        : (entry[new Intl.PluralRules(language.value).select(Number(values.count))] ?? entry.other)
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      if (value === undefined) return whole
      return typeof value === 'number' ? value.toLocaleString(language.value) : value
    })
  }
}

function chosen(): Language {
  const wanted = stored<string>(STORED)
  if (wanted !== null && Object.hasOwn(LANGUAGES, wanted)) return wanted as Language
  for (const tag of globalThis.navigator?.languages ?? []) {
    const base = tag.split('-')[0] as string
    if (base in LANGUAGES) return base as Language
  }
  return 'en'
}
