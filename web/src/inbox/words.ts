import { strings } from '../i18n/strings'

export const t = strings(
  {
    all: 'Show all',
    unread_only: 'Unread only',
    read_all: 'Mark all as read',
    nothing: 'Nothing new.',
    kind_direct: '{name} wrote to you',
    kind_mention: '{name} mentioned you in {room}',
    kind_message: '{name} wrote in {room}',
    kind_thread: '{name} replied in a thread in {room}',
    kind_scheduled: 'A message of yours in {room} was not posted',
  },
  {
    all: 'Alle zeigen',
    unread_only: 'Nur ungelesene',
    read_all: 'Alle als gelesen markieren',
    nothing: 'Nichts Neues.',
    kind_direct: '{name} hat dir geschrieben',
    kind_mention: '{name} hat dich in {room} erwähnt',
    kind_message: '{name} hat in {room} geschrieben',
    kind_thread: '{name} hat in einem Thread in {room} geantwortet',
    kind_scheduled: 'Eine Nachricht von dir in {room} wurde nicht gesendet',
  },
)
