import type { ReactNode } from 'react';

/* Drawn for this kit on 20 × 20, in strokes of the colour of the text. */

const PATHS = {
  attach:
    'M14.5 9.5 9 15a3.2 3.2 0 0 1-4.5-4.5l6.5-6.5a2.2 2.2 0 0 1 3 3L7.7 13.3a1 1 0 0 1-1.5-1.5L11.5 6.5',
  back: 'M12 4.5 6.5 10 12 15.5',
  bin: 'M4 5.5h12M8 5.5V4h4v1.5M5.5 5.5l.7 10.5h7.6l.7-10.5M8.5 8.5v5M11.5 8.5v5',
  bell: 'M3.5 3.5l13 13M7 6.2A3.8 3.8 0 0 1 13.8 8.5c0 2 .4 3.2 1 4M12 14.5H4.5c1.2-1 1.7-3 1.7-6M8.5 16.7a1.7 1.7 0 0 0 3 0',
  bookmark: 'M6 3.5h8v13l-4-3.5-4 3.5Z',
  check: 'M4 10.5 8 14.5 16 6',
  checks: 'M2 10.5l3.5 4L12 6M9.5 13.5l1 1L17.5 6',
  close: 'M5 5l10 10M15 5 5 15',
  clock: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM10 6.5V10l2.5 1.5',
  copy: 'M7.5 7.5V4.5h8v8h-3M4.5 7.5h8v8h-8Z',
  down: 'M4.5 7.5 10 13l5.5-5.5',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  edit: 'M4 16l.7-3L13 4.7a1.6 1.6 0 0 1 2.3 2.3L7 15.3Z',
  file: 'M5.5 3.5h6l3 3v10h-9ZM11.5 3.5v3h3',
  flag: 'M5.5 16.5v-13M5.5 4.5h9l-2 3 2 3h-9',
  forward: 'M8 4.5 13.5 10 8 15.5',
  hash: 'M4 7.5h12.5M3.5 12.5H16M8.5 3.5l-2 13M13.5 3.5l-2 13',
  microphone: 'M10 3a2 2 0 0 1 2 2v5a2 2 0 0 1-4 0V5a2 2 0 0 1 2-2ZM5 10a5 5 0 0 0 10 0M10 15v2.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  pin: 'M7.5 3.5h5l-.5 5 2.5 3h-9l2.5-3ZM10 11.5v5.5',
  quote: 'M8 6H4v4h4v2q0 2-3 3M16 6h-4v4h4v2q0 2-3 3',
  reply: 'M8 5 3.5 9.5 8 14M4 9.5h7.5a5 5 0 0 1 5 5v1',
  retry: 'M15.5 8A6 6 0 1 0 16 11.5M16 4v4h-4',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4ZM12.7 12.7 16.5 16.5',
  send: 'M3.5 10 16.5 4 13 16.5l-3.5-5ZM9.5 11.5 16.5 4',
  smile:
    'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM7 11.5a3.5 3.5 0 0 0 6 0M7.8 8h.01M12.2 8h.01',
  stop: 'M6 6h8v8H6Z',
  thread: 'M3.5 4.5h13v8.5h-7L6 16.5V13H3.5ZM6.5 7.5h7M6.5 10h4.5',
  translate:
    'M3 5h8M7 3.5V5M9.5 5c-.5 3-3 5.5-6 6.5M5 7.5c1 2 2.5 3 4 3.5M10.5 16.5 13.5 9l3 7.5M11.5 14h4',
  unread: 'M3.5 6.5h8M3.5 5v10h13v-5M3.5 6l6.5 5 2.5-2M15.5 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
  warning: 'M10 4 17 16H3ZM10 8.5v3.5M10 14h.01',
} as const;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  readonly name: IconName;
}

/** Says nothing to screen readers: what it stands on has a name. */
export function Icon({ name }: IconProps): ReactNode {
  return (
    <svg
      className="trumpet-icon"
      data-icon={name}
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
