import type { DefaultTheme } from 'vitepress';

/** In the order in which somebody needs it who builds with Trumpet. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Depth',
    items: [
      { text: 'The live protocol', link: '/protocol' },
      { text: 'GraphQL clients', link: '/clients' },
      { text: 'Search', link: '/search' },
      { text: 'Attachments', link: '/attachments' },
      { text: 'Notifications', link: '/push' },
      { text: 'Moderation', link: '/moderation' },
      { text: 'Limits', link: '/limits' },
    ],
  },
  { text: 'Operate', items: [{ text: 'Operations with psql', link: '/operations' }] },
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
