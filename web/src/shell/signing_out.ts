/** Signing out where something would be lost by it: asked before. */

import type { Chat } from '../data/chat'
import { strings } from '../i18n/strings'
import { confirmed } from '../ui/confirm'
import { signOut } from './session'

const t = strings(
  {
    unsent: 'Not everything is sent',
    unsent_text: {
      one: '{count} message waits for a connection. Signing out throws it away.',
      other: '{count} messages wait for a connection. Signing out throws them away.',
    },
    leave_anyway: 'Sign out anyway',
  },
  {
    unsent: 'Noch nicht alles ist gesendet',
    unsent_text: {
      one: '{count} Nachricht wartet auf eine Verbindung. Beim Abmelden geht sie verloren.',
      other: '{count} Nachrichten warten auf eine Verbindung. Beim Abmelden gehen sie verloren.',
    },
    leave_anyway: 'Trotzdem abmelden',
  },
)

/** Signs the account out that is shown, unless the person would rather wait for what is on its way. */
export async function leaveAccount(chat: Chat): Promise<void> {
  const waiting = chat.outbox.all.peek().length
  if (waiting > 0) {
    const answer = await confirmed({
      title: t('unsent'),
      text: t('unsent_text', { count: waiting }),
      act: t('leave_anyway'),
      danger: true,
    })
    if (!answer) return
  }
  await signOut(chat.me)
}
