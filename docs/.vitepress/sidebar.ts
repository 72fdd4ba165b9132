import type { DefaultTheme } from 'vitepress';
import { TOPICS } from '../../scripts/documents/topics.ts';

/** In the order in which somebody needs it who builds with Trumpet. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Begin',
    items: [
      { text: 'What Trumpet is', link: '/' },
      { text: 'Start', link: '/start/' },
      { text: 'A tour', link: '/start/tour' },
      { text: 'Phones: Swift, Kotlin, Flutter', link: '/start/phones' },
    ],
  },
  {
    text: 'API by topic',
    link: '/api/',
    items: TOPICS.map(({ name, title }) => ({ text: title, link: `/api/${name}` })),
  },
  {
    text: 'Look up',
    items: [
      { text: 'Errors and close codes', link: '/errors' },
      { text: 'Limits', link: '/limits' },
      { text: 'Settings', link: '/settings' },
    ],
  },
  {
    text: 'Depth',
    items: [
      { text: 'The live protocol', link: '/protocol' },
      { text: 'GraphQL clients', link: '/clients' },
      { text: 'Search', link: '/search' },
      { text: 'Attachments', link: '/attachments' },
      { text: 'Notifications', link: '/push' },
      { text: 'Moderation', link: '/moderation' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'On your own Postgres', link: '/running' },
      { text: 'Operations with psql', link: '/operations' },
    ],
  },
  {
    text: 'Inside',
    collapsed: true,
    items: [
      { text: 'Architecture', link: '/architecture' },
      { text: 'Glossary', link: '/glossary' },
      { text: 'Changing the database', link: '/migrations' },
      { text: 'Decisions', link: '/decisions/README' },
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Faults', link: '/faults' },
    ],
  },
];
