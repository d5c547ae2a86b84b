import { useSignal } from '@preact/signals'
import { directoryOf, named } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { go, roomLink } from '../shell/route'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { Icon } from '../ui/Icon'
import { typedInto } from '../ui/input'
import { tried } from '../ui/toasts'
import type { Member } from '../wire/contract'
import { t } from './dialog_words'
import { t as shared } from './words'
import './browse.css'

const MOST_OTHERS = 9
const SHOWN = 50

export function NewDirect() {
  const chat = useChat()
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  const chosen = useSignal<readonly Member[]>([])
  const typed = useSignal('')
  const found = [...people.values()]
    .filter(({ account }) => account !== chat.me && !chosen.value.some((one) => one.account === account))
    .filter((member) => !member.disabled && named(typed.value, member.display_name, member.name))
    .slice(0, SHOWN)
  const choose = (member: Member) => {
    if (chosen.value.length >= MOST_OTHERS) return
    chosen.value = [...chosen.value, member]
    typed.value = ''
  }
  const start = async () => {
    await tried(async () => {
      const accounts = chosen.value.map(({ account }) => account)
      const { room } = await chat.ask('direct.open', { accounts })
      await chat.showRoom(room.id)
      closeDialog()
      go(roomLink(room.id))
    })
  }
  return (
    <Dialog title={shared('new_direct')} onClose={closeDialog}>
      <div class="chosen">
        {chosen.value.map((member) => (
          <Button
            key={member.account}
            aria-label={t('remove', { name: member.display_name })}
            onClick={() => {
              chosen.value = chosen.value.filter((one) => one !== member)
            }}
          >
            <bdi>{member.display_name}</bdi>
            <Icon name="close" size={14} />
          </Button>
        ))}
      </div>
      <Field
        label={t('whom')}
        hint={t('whom_hint')}
        type="search"
        autofocus
        {...typedInto(typed)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && found[0] !== undefined && typed.value !== '') {
            event.preventDefault()
            choose(found[0])
          }
        }}
      />
      <ul class="pick-list">
        {found.map((member) => (
          <li key={member.account}>
            <button type="button" class="pick" onClick={() => choose(member)}>
              <Avatar profile={chat.people.profile(member.account).value} id={member.account} size={28} />
              <bdi class="pick-name">{member.display_name}</bdi>
              <span class="browse-note">@{member.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <Button kind="primary" onClick={start}>
        {t('start_talk')}
      </Button>
    </Dialog>
  )
}
