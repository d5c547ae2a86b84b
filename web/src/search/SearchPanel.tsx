/** Finds messages: words, filters, results with what was found in them, newest first. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Chat } from '../data/chat'
import { said } from '../i18n/said'
import { directoryOf, named } from '../people/directory'
import { useChat } from '../shell/chat_context'
import type { Panel } from '../shell/panel'
import { roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { shortly } from '../text/dates'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import type { Requests, SearchHit } from '../wire/contract'
import { marked } from './highlight'
import { dayBegins, finished, parsed, unfinished, withFilter, without } from './query'
import { recentSearches, searched } from './recent'
import { t } from './words'
import './search.css'

type Asked = Requests['message.search']['data']

const WAIT_MS = 250
const MOST_SUGGESTED = 6

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
      const filters = filtersOf(chat, typed.peek(), here.peek(), panel.room)
      problem.value = null
      asked.value = filters
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
          value={typed.value}
          ref={field}
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
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
        <Results filters={asked.value} onOpen={() => searched(chat.me, typed.peek().trim())} />
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

/** The filters as buttons: what is pressed stands as words in the field. */
function Filters({ typed, onChange }: { typed: string; onChange(next: string): void }) {
  const query = parsed(typed)
  const named = (name: 'from' | 'in', value: string | null) => (
    <Button
      aria-pressed={value !== null && value !== ''}
      onClick={() =>
        onChange(value === null ? `${typed.trimEnd()} ${name}:`.trimStart() : without(typed, name))
      }
    >
      {value === null || value === '' ? t(`${name}_whom`) : t(`${name}_named`, { name: value })}
    </Button>
  )
  const has = (value: 'file' | 'link', is: boolean) => (
    <Button
      aria-pressed={is}
      onClick={() => onChange(is ? without(typed, 'has', value) : withFilter(typed, 'has', value))}
    >
      {t(`has_${value}`)}
    </Button>
  )
  const day = (name: 'after' | 'before', value: string | null) => (
    <label class="search-day">
      {t(name)}
      <input
        type="date"
        value={value ?? ''}
        onChange={({ currentTarget: { value: next } }) =>
          onChange(next === '' ? without(typed, name) : withFilter(typed, name, next))
        }
      />
    </label>
  )
  return (
    <>
      {named('from', query.from)}
      {named('in', query.in)}
      {has('file', query.hasFile)}
      {has('link', query.hasLink)}
      <div class="search-days">
        {day('after', query.after)}
        {day('before', query.before)}
      </div>
    </>
  )
}

interface Suggestion {
  readonly value: string
  readonly label: string
  readonly more: string
}

/** People for a `from:`, rooms for an `in:` that is being typed. */
function suggestions(chat: Chat, typed: string): readonly Suggestion[] {
  const open = unfinished(typed)
  if (open === null) return []
  const found = open.name === 'from' ? peopleLike(chat, open.typed) : roomsLike(chat, open.typed)
  // What is there in full needs no offer.
  return found.filter(({ value }) => value !== open.typed).slice(0, MOST_SUGGESTED)
}

function peopleLike(chat: Chat, typed: string): Suggestion[] {
  return [...(directoryOf(chat).value?.people.values() ?? [])]
    .filter((one) => named(typed, one.name, one.display_name))
    .map((one) => ({ value: one.name, label: one.display_name, more: `@${one.name}` }))
}

function roomsLike(chat: Chat, typed: string): Suggestion[] {
  return chat.store.rooms
    .all()
    .map((room) => ({ room, name: roomName(chat, room) }))
    .filter(({ name }) => named(typed, name))
    .map(({ room, name }) => ({
      value: name,
      label: name,
      more: (room.space !== null && chat.store.spaces.get(room.space)?.name) || '',
    }))
}

function Suggestions({ found, onPick }: { found: readonly Suggestion[]; onPick(value: string): void }) {
  if (found.length === 0) return null
  return (
    <ul class="search-recent" aria-label={t('suggestions')}>
      {found.map(({ value, label, more }) => (
        <li key={`${value} ${more}`}>
          <button type="button" class="search-again" onClick={() => onPick(value)}>
            <bdi>{label}</bdi> <bdi class="search-head">{more}</bdi>
          </button>
        </li>
      ))}
    </ul>
  )
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

function Results({ filters, onOpen }: { filters: Asked; onOpen(): void }) {
  const chat = useChat()
  const pages = usePages(
    async (cursor) => {
      const { hits, next } = await chat.ask('message.search', { ...filters, cursor })
      return { items: hits, next }
    },
    [JSON.stringify(filters)],
  )
  const all = pages.items.value
  const hits = all.filter(({ by }) => !chat.store.blocked.value.has(by))
  return (
    <div class="search-scroll">
      <p class="search-note" role="status">
        {!pages.loading.value && hits.length > 0 && t('found', { count: hits.length })}
        {hits.length < all.length && ` ${t('hidden', { count: all.length - hits.length })}`}
      </p>
      <ul class="search-hits">
        {hits.map((hit) => (
          <Hit key={hit.position} hit={hit} onOpen={onOpen} />
        ))}
      </ul>
      <div class="search-note">
        <PageEnd pages={pages} empty={t('nothing')} />
      </div>
    </div>
  )
}

function Hit({ hit, onOpen }: { hit: SearchHit; onOpen(): void }) {
  const chat = useChat()
  const author = chat.people.profile(hit.by).value
  const room = chat.store.rooms.row(hit.room).value
  return (
    <li>
      <a class="search-hit" href={roomLink(hit.room, hit.seq)} onClick={onOpen}>
        <Avatar profile={author} id={hit.by} size={28} />
        <span class="search-about">
          <span class="search-head">
            <bdi>{author?.display_name ?? '…'}</bdi> ·{' '}
            <bdi>{room === undefined ? t('a_room') : roomName(chat, room)}</bdi> · {shortly(hit.at)}
          </span>
          <span class="search-text" dir="auto">
            {marked(hit.snippet, hit.highlights).map(({ text, marked: is }, at) =>
              is ? <mark key={at}>{text}</mark> : text,
            )}
          </span>
          {hit.files.length > 0 && (
            <span class="search-head">
              <Icon name="file" size={14} /> {hit.files.map(({ name }) => name).join(', ')}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}

/** Throws a sentence for a name that nothing has; null while there is nothing to look for. */
function filtersOf(chat: Chat, typed: string, here: boolean, near: string | null): Asked | null {
  const room = here ? near : null
  // A filter without its name yet is no word to look for.
  const query = parsed(typed.replace(/(^|\s)(from|in):$/iu, '$1'))
  const filters: Asked = {
    text: query.text.trim() === '' ? null : query.text.slice(0, 200),
    room: query.in === null ? room : roomNamed(chat, query.in, near),
    by: query.from === null ? null : accountNamed(chat, query.from),
    before: query.before === null ? null : dayBegins(query.before),
    after: query.after === null ? null : dayBegins(query.after),
    has_file: query.hasFile || null,
    has_link: query.hasLink || null,
  }
  const { room: _room, ...rest } = filters
  return Object.values(rest).some((value) => value !== null) || query.in !== null ? filters : null
}

function roomNamed(chat: Chat, name: string, near: string | null): string {
  const wanted = name.toLocaleLowerCase()
  const rooms = chat.store.rooms.all().filter((one) => roomName(chat, one).toLocaleLowerCase() === wanted)
  // Of several spaces that have such a room, the one in which one is comes first.
  const space = near === null ? null : chat.store.rooms.get(near)?.space
  const found = rooms.find((one) => one.space === space) ?? rooms[0]
  if (found === undefined) throw new Error(t('no_room', { name }))
  return found.id
}

function accountNamed(chat: Chat, name: string): string {
  if (name === 'me') return chat.me
  const wanted = name.toLocaleLowerCase()
  const people = [...(directoryOf(chat).value?.people.values() ?? [])]
  const found =
    people.find((one) => one.name.toLocaleLowerCase() === wanted) ??
    people.find((one) => one.display_name.toLocaleLowerCase() === wanted)
  if (found === undefined) throw new Error(t('nobody', { name }))
  return found.account
}
