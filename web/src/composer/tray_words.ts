/** Words for files that are to be sent. */

import { strings } from '../i18n/strings'

export const t = strings(
  {
    files: 'Files to send',
    remove_file: 'Remove {name}',
    upload_failed: 'Not uploaded: {reason}',
    uploading: '{name} is being uploaded',
    sent_of: '{sent} of {all}',
    not_over_reload: 'is lost when you reload',
    retry_upload: 'Try again',
    file_too_large: 'Too large: a file may have at most {most}.',
    no_room: 'No room: you may upload {left} more. Delete files that you do not need.',
    too_many_uploads: 'No more uploads today; try again after {until}.',
    bytes_gone: 'Lost when the page was loaded anew. Choose it again.',
    unreadable: 'It cannot be read: it is a folder, or was changed or deleted meanwhile. Choose it again.',
  },
  {
    files: 'Dateien zum Senden',
    remove_file: '{name} entfernen',
    upload_failed: 'Nicht hochgeladen: {reason}',
    uploading: '{name} wird hochgeladen',
    sent_of: '{sent} von {all}',
    not_over_reload: 'geht beim Neuladen verloren',
    retry_upload: 'Noch einmal',
    file_too_large: 'Zu groß: Eine Datei darf höchstens {most} haben.',
    no_room: 'Kein Platz: Du darfst noch {left} hochladen. Lösche Dateien, die du nicht brauchst.',
    too_many_uploads: 'Heute nichts mehr hochladen; versuche es nach {until} noch einmal.',
    bytes_gone: 'Beim Neuladen der Seite verloren gegangen. Wähle sie neu.',
    unreadable:
      'Nicht lesbar: Es ist ein Ordner, oder die Datei wurde inzwischen geändert oder gelöscht. Wähle sie neu.',
  },
)
