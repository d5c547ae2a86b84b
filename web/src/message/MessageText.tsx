/** A text with its marks, as elements. Whoever shows a message's text anywhere shows it with this. */

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Chat } from '../data/chat'
import { useChat } from '../shell/chat_context'
import { read, roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { hostToShow } from '../text/address'
import { isJumbo } from '../text/jumbo'
import { markdown } from '../text/markdown'
import type { Block, Inline } from '../text/nodes'
import { words } from '../text/plain'
import { roomOfTag } from '../text/room_tag'
import { CodeBlock } from './CodeBlock'
import { Mention } from './Mention'
import { NamedEmoji } from './NamedEmoji'
import { t } from './words'
import './text.css'

interface TextProps {
  text: string
  /** The message's: ids of accounts, `here` and `room`. */
  mentions?: readonly string[]
  /** Whose emoji and rooms are meant. */
  space: string | null
  /** What stands behind the last word. */
  tail?: ComponentChildren
}

interface Drawn {
  text: string
  mentions: readonly string[]
  space: string | null
  chat: Chat
}

export function MessageText({ text, mentions = NOBODY, space, tail = null }: TextProps) {
  const chat = useChat()
  const blocks = markdown(text)
  const drawn = { text, mentions, space, chat }
  const last = blocks.length - 1
  const inside = blocks[last]?.kind === 'paragraph' && tail !== null
  return (
    <div class={isJumbo(blocks) ? 'text text-jumbo' : 'text'} dir="auto">
      {blocks.map((block, i) => drawBlock(block, i, drawn, inside && i === last ? tail : null))}
      {!inside && tail}
    </div>
  )
}

const NOBODY: readonly string[] = []

function drawBlock(
  block: Block,
  key: number,
  drawn: Drawn,
  tail: ComponentChildren = null,
): ComponentChildren {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p key={key} dir="auto">
          {drawAll(block.of, drawn)}
          {tail !== null && <> {tail}</>}
        </p>
      )
    case 'heading':
      return (
        <p key={key} class={`text-heading text-heading-${block.level}`} dir="auto">
          {drawAll(block.of, drawn)}
        </p>
      )
    case 'code':
      return <CodeBlock key={key} language={block.language} code={block.text} />
    case 'quote':
      return <blockquote key={key}>{block.of.map((inner, i) => drawBlock(inner, i, drawn))}</blockquote>
    case 'list': {
      const items = block.items.map((item, i) => (
        <li key={i}>{item.map((inner, j) => drawBlock(inner, j, drawn))}</li>
      ))
      return block.ordered ? (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      )
    }
  }
}

function drawAll(nodes: readonly Inline[], drawn: Drawn): ComponentChildren {
  return nodes.map((node, i) => draw(node, i, drawn))
}

function draw(node: Inline, key: number, drawn: Drawn): ComponentChildren {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'break':
      return <br key={key} />
    case 'strong':
      return <strong key={key}>{drawAll(node.of, drawn)}</strong>
    case 'em':
      return <em key={key}>{drawAll(node.of, drawn)}</em>
    case 'strike':
      return <s key={key}>{drawAll(node.of, drawn)}</s>
    case 'code':
      return (
        <code key={key} dir="ltr">
          {node.text}
        </code>
      )
    case 'spoiler':
      return <Spoiler key={key}>{drawAll(node.of, drawn)}</Spoiler>
    case 'link':
      return <Link key={key} node={node} drawn={drawn} />
    case 'mention':
      return (
        <Mention key={key} text={node.text} whole={drawn.text} mentions={drawn.mentions} chat={drawn.chat} />
      )
    case 'room':
      return <RoomTag key={key} tag={node.text} drawn={drawn} />
    case 'emoji':
      return <NamedEmoji key={key} name={node.name} space={drawn.space} />
  }
}

function Spoiler({ children }: { children: ComponentChildren }) {
  const [shown, setShown] = useState(false)
  if (shown) return <span class="text-spoiler text-spoiler-shown">{children}</span>
  return (
    <button type="button" class="text-spoiler" aria-label={t('spoiler')} onClick={() => setShown(true)}>
      <span class="text-spoiler-inside" inert aria-hidden="true">
        {children}
      </span>
    </button>
  )
}

function Link({ node, drawn }: { node: Extract<Inline, { kind: 'link' }>; drawn: Drawn }) {
  const url = new URL(node.href)
  if (url.origin === location.origin && url.pathname === location.pathname) {
    const place = read(url.hash)
    if (place.at === 'room')
      return <RoomLink room={place.room} seq={place.seq} node={node} chat={drawn.chat} />
  }
  const host = hostToShow(node.href, words(node.of), node.auto)
  return (
    <>
      <a href={node.href} target="_blank" rel="noopener noreferrer nofollow" title={node.href}>
        {drawAll(node.of, drawn)}
      </a>
      {host !== null && <bdi class="text-host"> ({host})</bdi>}
    </>
  )
}

/** A permalink of this server: the room by its name. */
function RoomLink(props: {
  room: string
  seq: number | null
  node: Extract<Inline, { kind: 'link' }>
  chat: Chat
}) {
  const { room: id, seq, node, chat } = props
  const room = chat.store.rooms.row(id).value
  const name =
    room === undefined ? words(node.of) : `${room.kind === 'direct' ? '' : '#'}${roomName(chat, room)}`
  return (
    <a class="text-room" href={roomLink(id, seq)}>
      {node.auto ? <bdi>{name}</bdi> : words(node.of)}
      {node.auto && room !== undefined && seq !== null && ` › ${t('a_message')}`}
    </a>
  )
}

function RoomTag({ tag, drawn }: { tag: string; drawn: Drawn }) {
  const room = roomOfTag(drawn.chat.store.rooms.all(), drawn.space, tag)
  if (room === null) return tag
  return (
    <a class="text-room" href={roomLink(room.id)}>
      <bdi>#{room.name}</bdi>
    </a>
  )
}
