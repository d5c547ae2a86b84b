import { strings } from '../i18n/strings'

export const t = strings(
  {
    webhook: 'Incoming webhook',
    webhook_text:
      'An address at which a program posts into one room: a build, an alert, a form. It takes what Slack’s incoming webhooks take.',
    room: 'Room',
    choose_room: 'Choose a room',
    name: 'Name',
    name_hint: 'Under it the messages stand. Letters, digits, . _ and -.',
    make: 'Make the address',
    address: 'Address of the webhook',
    address_once:
      'This is the address. It is shown only now. Whoever has it can write in the room: keep it as you keep a password.',
    try_it: 'Try it:',
    command: 'Command that posts a message',
    sample: 'Hello',
    until: 'It works until {when}, or until you delete the bot or give it a new token.',
  },
  {
    webhook: 'Eingehender Webhook',
    webhook_text:
      'Eine Adresse, über die ein Programm in einen Raum schreibt: ein Build, ein Alarm, ein Formular. Sie nimmt, was Slacks eingehende Webhooks nehmen.',
    room: 'Raum',
    choose_room: 'Wähle einen Raum',
    name: 'Name',
    name_hint: 'Unter ihm stehen die Nachrichten. Buchstaben, Ziffern, . _ und -.',
    make: 'Adresse anlegen',
    address: 'Adresse des Webhooks',
    address_once:
      'Das ist die Adresse. Sie wird nur jetzt gezeigt. Wer sie hat, kann in den Raum schreiben: Bewahre sie wie ein Passwort auf.',
    try_it: 'Probiere sie aus:',
    command: 'Befehl, der eine Nachricht schreibt',
    sample: 'Hallo',
    until: 'Sie gilt bis {when}, oder bis du den Bot löschst oder ihm ein neues Token gibst.',
  },
)
