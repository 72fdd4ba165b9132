import { expect, test } from '@jest/globals';
import { createWatchers } from '../../src/realtime/log/watchers.ts';

test('who begins to watch again goes back to the earlier horizon', () => {
  const watchers = createWatchers();
  watchers.watch({ userId: 'ada', horizon: '1000' });
  watchers.watch({ userId: 'ada', horizon: '999' }); // Earlier, though not as text.
  watchers.watch({ userId: 'ada', horizon: '1001' });
  expect(watchers.list()).toEqual([{ userId: 'ada', horizon: '999' }]);
});

test('after a sweep everyone who was asked about knows everything before its horizon', () => {
  const watchers = createWatchers();
  watchers.watch({ userId: 'ada', horizon: '10' });
  watchers.watch({ userId: 'bob', horizon: '12' });
  watchers.advance(watchers.list(), '20');
  expect(watchers.list()).toEqual([
    { userId: 'ada', horizon: '20' },
    { userId: 'bob', horizon: '20' },
  ]);
});

test('who has come, left or gone back while a sweep ran is left to the next', () => {
  const watchers = createWatchers();
  for (const userId of ['ada', 'bob', 'eve']) {
    watchers.watch({ userId, horizon: '10' });
  }
  const asked = watchers.list();
  watchers.watch({ userId: 'ada', horizon: '5' });
  watchers.unwatch('bob');
  watchers.unwatch('eve');
  watchers.watch({ userId: 'eve', horizon: '15' });
  watchers.advance(asked, '20');
  expect(watchers.list()).toEqual([
    { userId: 'ada', horizon: '5' },
    { userId: 'eve', horizon: '15' },
  ]);
  expect(watchers.has('bob')).toBe(false);
});
