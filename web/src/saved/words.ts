import { strings } from '../i18n/strings'

export const t = strings(
  {
    no_pins: 'Nothing is pinned in this room.',
    no_bookmarks: 'You have no bookmarks. Set one from the menu of a message.',
    no_files: 'No files were sent in this room.',
    go_there: 'Go there',
    unpin: 'Unpin',
    change_note: 'Change the note',
    remove_bookmark: 'Remove the bookmark',
  },
  {
    no_pins: 'In diesem Raum ist nichts angeheftet.',
    no_bookmarks: 'Du hast keine Lesezeichen. Setze eins über das Menü einer Nachricht.',
    no_files: 'In diesem Raum wurden keine Dateien gesendet.',
    go_there: 'Dorthin',
    unpin: 'Loslösen',
    change_note: 'Notiz ändern',
    remove_bookmark: 'Lesezeichen entfernen',
  },
)
