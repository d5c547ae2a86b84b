/** The field itself: text, suggestions, files, keys, and sending. */

import { useSignal } from '@preact/signals'
import { useCallback, useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { lazy } from '../shell/Lazy'
import { lasting } from '../text/durations'
import type { OwnRoom } from '../wire/contract'
import { AttachmentTray } from './AttachmentTray'
import { ComposerLine, ComposingLine } from './ComposerLine'
import { meansFiles, useFileDrop } from './drop'
import { enterSends } from './enter'
import { FieldBar } from './FieldBar'
import { MARKS } from './FormatBar'
import { continued, type Selection, wrapped } from './markup'
import { retype } from './retype'
import { SuggestionList } from './SuggestionList'
import type { Suggestion } from './suggest'
import { replaced, type Token } from './token'
import { useSuggestions } from './useSuggestions'
import { useWriting } from './useWriting'
import { t } from './words'

const EmojiPicker = lazy(() => import('../emoji/EmojiPicker'), 'EmojiPicker')

interface MessageFieldProps {
  room: OwnRoom
  thread: number | null
  /** Whether `@room` and `@here` call anybody. */
  loud: boolean
}

export function MessageField({ room, thread, loud }: MessageFieldProps) {
  const writing = useWriting(room, thread)
  const { text, composing, editing, left, problem, expiresIn, write, send, stop } = writing
  const field = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const emojiOpen = useSignal(false)

  const select = ({ text: next, start, end }: Selection) => {
    write(next)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(start, end)
    })
  }
  const selection = (): Selection => ({
    text,
    start: field.current?.selectionStart ?? text.length,
    end: field.current?.selectionEnd ?? text.length,
  })
  const pick = (word: Token, one: Suggestion) => {
    const { text: next, caret } = replaced(text, word, one.text)
    select({ text: next, start: caret, end: caret })
  }
  const suggestions = useSuggestions(room, loud, pick, write)
  const found = suggestions.found.value

  const take = useCallback(
    (chosen: Iterable<File>) => {
      writing.take(chosen)
      field.current?.focus()
    },
    [writing.take],
  )
  const dropping = useFileDrop(field, take)
  const onKeyDown = (event: KeyboardEvent) => {
    if (found.length > 0 && suggestions.key(event)) return
    const mod = event.ctrlKey || event.metaKey
    const mark =
      mod && !event.shiftKey && !event.altKey && MARKS.find(({ key }) => key === event.key.toLowerCase())
    if (mark) {
      event.preventDefault()
      select(wrapped(selection(), mark.sign))
    } else if (event.key === 'Enter' && !event.altKey) {
      if (mod || event.shiftKey !== enterSends.peek()) {
        event.preventDefault()
        send()
        return
      }
      const next = continued(selection())
      if (next === null) return
      event.preventDefault()
      select(next)
    } else if (event.key === 'ArrowUp' && writing.empty) {
      event.preventDefault()
      writing.editLast()
    } else if (event.key === 'Escape' && composing !== null) {
      event.preventDefault()
      stop()
    }
  }

  useLayoutEffect(() => {
    if (composing !== null) field.current?.focus()
  }, [composing])
  useLayoutEffect(() => {
    if (field.current === null) return
    retype(field.current, text)
    fit(field.current)
  }, [text])
  useEffect(() => {
    // A thread's only while nobody has gone on from its panel, which took the focus when it was opened.
    const wanted = thread === null || document.activeElement?.matches('.panel')
    if (wanted && matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true })
  }, [])

  const label = t(thread === null ? 'write' : 'write_reply')
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {dropping.value && <div class="composer-drop">{t('drop_here')}</div>}
      {composing !== null && <ComposingLine about={composing} onStop={stop} />}
      {expiresIn.value !== null && (
        <ComposerLine
          stop={t('expires_never')}
          onStop={() => {
            expiresIn.value = null
          }}
        >
          {t('expiring', { time: lasting(expiresIn.value) })}
        </ComposerLine>
      )}
      {!editing && <AttachmentTray place={writing.tray} />}
      {found.length > 0 && (
        <SuggestionList
          id={listId}
          list={found}
          at={suggestions.at.value}
          space={room.space}
          onPick={suggestions.pick}
        />
      )}
      <textarea
        ref={field}
        class="composer-text"
        dir="auto"
        rows={1}
        aria-label={label}
        placeholder={label}
        aria-autocomplete="list"
        aria-controls={found.length > 0 ? listId : undefined}
        aria-activedescendant={found.length > 0 ? `${listId}-${suggestions.at.value}` : undefined}
        onInput={(event) => {
          if (event.currentTarget.value === text) return // it was typed by `retype`
          problem.value = null
          write(event.currentTarget.value)
          writing.tellTyping(event.currentTarget.value)
          void suggestions.look(event.currentTarget)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          suggestions.close()
          writing.leave()
        }}
        onPaste={(event) => {
          const pasted = event.clipboardData
          if (pasted === null || !meansFiles(pasted)) return
          event.preventDefault()
          take(pasted.files)
        }}
      />
      <FieldBar
        editing={editing}
        left={left}
        emojiOpen={emojiOpen}
        selection={selection}
        onSelect={select}
        onFiles={take}
        onLater={writing.openLater}
      />
      {emojiOpen.value && (
        <EmojiPicker
          space={room.space}
          onPick={(emoji) => {
            emojiOpen.value = false
            const { start, end } = selection()
            const caret = start + emoji.length
            select({ text: text.slice(0, start) + emoji + text.slice(end), start: caret, end: caret })
          }}
          onClose={() => {
            emojiOpen.value = false
            field.current?.focus()
          }}
        />
      )}
      {problem.value !== null && (
        <p class="composer-problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  )
}

/** As high as its text, where the browser does not do that by itself. */
function fit(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return
  field.style.blockSize = 'auto'
  field.style.blockSize = `${field.scrollHeight}px`
}
