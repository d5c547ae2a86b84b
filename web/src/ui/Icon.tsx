/** Line icons on a grid of 24, drawn in the colour of the text around them. */

const PATHS = {
  add: 'M12 5v14M5 12h14',
  archive: 'M4 5h16v4H4zM6 9v10h12V9M10 13h4',
  attach: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L15 7.5',
  back: 'm15 5-7 7 7 7',
  bell: 'M6 16V11a6 6 0 1 1 12 0v5l2 2H4zM10 20.5a2.2 2.2 0 0 0 4 0',
  bold: 'M7 4h6a4 4 0 0 1 0 8H7zM7 12h7a4 4 0 0 1 0 8H7z',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  code: 'm8 7-5 5 5 5M16 7l5 5-5 5',
  close: 'm6 6 12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'm6 9 6 6 6-6',
  download: 'M12 4v11M7 10.500l5 5 5-5M5 20h14',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  flag: 'M6 21V4h11l-2 4 2 4H6',
  forward: 'm9 5 7 7-7 7',
  hash: 'M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16',
  help: 'M9 9.2a3 3 0 1 1 4.2 2.9c-.8.4-1.2 1-1.2 1.9M12 17.6v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5v.1',
  italic: 'M10 4h8M6 20h8M14 4l-4 16',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.1M4.5 12v.1M4.5 18v.1',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  megaphone: 'M4 10v4h3l8 4V6l-8 4zM18.5 9.5a4 4 0 0 1 0 5M8 14l1 5h2l-1-4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M6 12v.1M12 12v.1M18 12v.1',
  people:
    'M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11M3 19c0-3.3 2.7-5.5 6-5.5s6 2.2 6 5.5M16 11a2.8 2.8 0 1 0-1-5.4M17 13.6c2.4.4 4 2.3 4 5.4',
  pin: 'M9 4h6l-1 6 3 3H7l3-3zM12 13v7',
  quote: 'M5 6v12M10 8h10M10 12h10M10 16h6',
  play: 'M8 5.500v13l11-6.500z',
  reply: 'M10 7 5 12l5 5M5 12h9a5 5 0 0 1 5 5v1',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16.2 16.2 20.5 20.5',
  send: 'm4 12 16-8-5 16-3.5-6.500z',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M9 19.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5',
  smile:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.5 14c1 1.5 2.1 2.2 3.5 2.200s2.5-.7 3.5-2.200M9 9.500v.1M15 9.500v.1',
  star: 'm12 4 2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.600L4 9.800l5.6-.600z',
  strike:
    'M4 12h16M16.5 7.5C16 5.5 14 4.5 12 4.5c-2.5 0-4.5 1.3-4.5 3.5 0 1.5 1 2.5 2.5 3M7 16.5c.5 2 2.5 3 5 3s5-1.3 5-3.5c0-1-.4-1.8-1-2.5',
  thread: 'M5 5h14v10H11l-4 4v-4H5zM9 9h6M9 12h4',
  time: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  up: 'm6 15 6-6 6 6',
  zoom: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16.2 16.2 20.5 20.5M8 11h6M11 8v6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
