import { useCallback, useRef } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { tried } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { moved } from './arrange'
import { RoomLink } from './RoomLink'

interface RoomListProps {
  rooms: readonly OwnRoom[]
  /** The preference in which the order of this list stands; null: the list orders itself. */
  list: 'favourites' | 'room_order' | null
}

/** Links to rooms. Arrow keys go through them; Shift with them, or dragging, gives them another order. */
export function RoomList({ rooms, list }: RoomListProps) {
  const chat = useChat()
  const box = useRef<HTMLUListElement>(null)
  const move = (id: string, before: string | null) => {
    if (list === null) return
    const kept = (chat.store.preferences.peek()?.[list] ?? []).filter(
      (one) => !rooms.some((room) => room.id === one),
    )
    const order = [
      ...moved(
        rooms.map((room) => room.id),
        id,
        before,
      ),
      ...kept,
    ]
    void tried(() => chat.ask('preferences.update', { [list]: order }))
  }
  const latest = useRef(move)
  latest.current = move
  const onMove = useCallback((id: string, before: string) => latest.current(id, before), [])
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const links = [
      ...(box.current?.closest('.sidebar')?.querySelectorAll<HTMLElement>('.sidebar-room') ?? []),
    ]
    const at = links.indexOf(document.activeElement as HTMLElement)
    if (at < 0) return
    event.preventDefault()
    if (!event.shiftKey) links[at + step]?.focus()
    else {
      const here = rooms.findIndex((room) => room.id === links[at]?.dataset.room)
      const to = here + step
      if (here >= 0 && to >= 0 && to < rooms.length)
        move(rooms[here]!.id, rooms[step > 0 ? to + 1 : to]?.id ?? null)
    }
  }
  return (
    <ul class="sidebar-list" ref={box} onKeyDown={onKeyDown}>
      {rooms.map((room) => (
        <RoomLink key={room.id} id={room.id} onMove={list === null ? undefined : onMove} />
      ))}
    </ul>
  )
}
