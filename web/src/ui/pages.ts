import type { ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { type Concerns, follow } from './following'
import { type AskPage, Paged } from './paged'

export interface Pages<T> {
  readonly items: ReadonlySignal<readonly T[]>
  readonly problem: string | null
  readonly loading: ReadonlySignal<boolean>
  readonly more: boolean
  loadMore(): void
  /** As much as is shown, after something was changed. */
  reload(): void
  /** What could not be loaded. */
  again(): void
}

interface Options {
  /** The pages follow each other by themselves, as where something is looked for in the whole of the list. */
  readonly all?: boolean
  readonly concerns?: Concerns
}

/** A list that comes in pages. `about` says when it is another list: then it begins anew. */
export function usePages<T>(
  ask: AskPage<T>,
  about: readonly unknown[],
  { all = false, concerns }: Options = {},
): Pages<T> {
  const pages = useMemo(() => new Paged(ask), [])
  pages.ask = ask
  // A page that is loaded anew has no connection yet.
  const chat = useChat()
  const live = chat.live.value
  useEffect(() => {
    if (live) void pages.begin()
  }, [...about, live])
  const open = chat.status.value.state === 'open'
  useEffect(() => {
    if (open && pages.error.peek() !== null) void pages.again()
  }, [open])
  useEffect(() => {
    if (concerns !== undefined) return follow(chat, concerns, () => pages.reload())
  }, about)
  const error = pages.error.value
  const rest = all && !pages.loading.value && error === null ? pages.next.value : null
  useEffect(() => {
    if (rest !== null) void pages.more()
  }, [rest])
  return {
    items: pages.items,
    problem: error === null ? null : said(error),
    loading: pages.loading,
    more: pages.next.value !== null,
    loadMore: () => void pages.more(),
    reload: () => void pages.reload(),
    again: () => void pages.again(),
  }
}
