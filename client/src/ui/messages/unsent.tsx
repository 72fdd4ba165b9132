import type { ReactNode } from 'react';
import { useQueue, useRooms } from '../../react/index.ts';
import { Trouble } from './trouble.tsx';

/** What somebody wrote in rooms that they are not in any more, with why it was not sent. Nothing where there is nothing. */
export function Unsent(): ReactNode {
  const rooms = new Set(useRooms().map(({ id }) => id));
  return useQueue()
    .filter(({ deed }) => !rooms.has(deed.roomId))
    .map(({ id, deed, refusal }) =>
      deed.kind === 'send' && refusal !== undefined ? (
        <div key={id} className="trumpet-unsent">
          <p dir="auto">{deed.content}</p>
          <Trouble message={{ actionId: id, refusal }} />
        </div>
      ) : null,
    );
}
