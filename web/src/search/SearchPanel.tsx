/** Finds messages: a field for words and filters, and what was found; before that, what was looked for last. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { said } from '../i18n/said'
import { directoryOf } from '../people/directory'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { typedInto } from '../ui/input'
import { type Asked, askedOf } from './asked'
import { Filters } from './Filters'
import { finished, parsed, without } from './query'
import { Results } from './Results'
import { recentSearches, searched } from './recent'
import { Suggestions, suggestions } from './Suggestions'
import { t } from './words'
import './search.css'

const WAIT_MS = 250

export function SearchPanel({ panel }: { panel: Extract<Panel, { kind: 'search' }> }) {
  const chat = useChat()
  const typed = useSignal(panel.text)
  const here = useSignal(panel.room !== null)
  const asked = useSignal<Asked | null>(null)
  const problem = useSignal<string | null>(null)
  const suggested = suggestions(chat, typed.value)
  // Names become accounts when people are known: loading begins with the first filter that names one.
  const people = parsed(typed.value).from === null ? null : directoryOf(chat).value
  const look = () => {
    try {
      asked.value = askedOf(chat, typed.peek(), here.peek(), panel.room)
      problem.value = null
    } catch (error) {
      const waits = suggested.length > 0 || people?.complete === false
      problem.value = waits ? null : said(error as Error)
      asked.value = null
    }
  }
  useEffect(() => field.current?.focus(), []) // the button that opened it has the focus
  useEffect(() => {
    const timer = setTimeout(look, WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed.value, here.value, panel.room, people])
  const field = useRef<HTMLInputElement>(null)
  const write = (next: string) => {
    typed.value = next
    field.current?.focus()
  }
  return (
    <div class="search" role="group" aria-label={t('search')} onKeyDown={goThrough}>
      <form
        class="search-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          look()
          if (typed.value.trim() !== '') searched(chat.me, typed.value.trim())
        }}
      >
        <input
          class="search-input"
          type="search"
          autofocus
          maxLength={400}
          aria-label={t('search')}
          placeholder={t('search')}
          ref={field}
          {...typedInto(typed)}
        />
        <Suggestions found={suggested} onPick={(value) => write(finished(typed.peek(), value))} />
        <div class="search-filters" role="group" aria-label={t('filters')}>
          {panel.room !== null && (
            <Button
              // A room that is named is meant instead.
              aria-pressed={here.value && parsed(typed.value).in === null}
              onClick={() => {
                const named = parsed(typed.peek()).in !== null
                if (named) write(without(typed.peek(), 'in'))
                here.value = named || !here.value
              }}
            >
              {t('in_this_room')}
            </Button>
          )}
          <Filters typed={typed.value} onChange={write} />
        </div>
      </form>
      {problem.value !== null && (
        <p class="search-note" role="alert">
          {problem.value}
        </p>
      )}
      {asked.value !== null ? (
        <Results asked={asked.value} onOpen={() => searched(chat.me, typed.peek().trim())} />
      ) : (
        problem.value === null && (
          <Recent
            onPick={(text) => {
              typed.value = text
            }}
          />
        )
      )}
    </div>
  )
}

/** The arrow keys go from the field to what was found, and through it. */
function goThrough(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const box = event.currentTarget as HTMLElement
  const stops = [...box.querySelectorAll<HTMLElement>('.search-input, .search-again, .search-hit')]
  const at = stops.indexOf(event.target as HTMLElement)
  if (step === 0 || at < 0 || stops[at + step] === undefined) return
  event.preventDefault()
  stops[at + step]?.focus()
}

function Recent({ onPick }: { onPick(text: string): void }) {
  const chat = useChat()
  return (
    <div class="search-scroll">
      <p class="search-note">{t('hint')}</p>
      <ul class="search-recent">
        {recentSearches(chat.me).map((text) => (
          <li key={text}>
            <button type="button" class="search-again" onClick={() => onPick(text)}>
              <Icon name="time" size={16} />
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
