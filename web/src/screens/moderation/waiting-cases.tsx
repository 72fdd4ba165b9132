import type { ShownRoom } from 'trumpet-client';
import { useNameOfRoom } from 'trumpet-client/ui';
import { Link } from 'wouter';
import { roomAddress } from '../../addresses.ts';
import { WaitingCasesDocument } from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { type Connection, useList } from '../parts/asked.ts';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { Held } from './held.tsx';
import { moderationOf } from './parts.ts';
import { OpenReports } from './reports.tsx';

/** How many rooms are asked at once. */
const ROOMS_AT_ONCE = 5;

/** A room in which something waits for a moderator. */
interface Waiting {
  readonly room: ShownRoom;
  readonly hasReports: boolean;
  readonly hasHeld: boolean;
}

/** What waits for a decision, in all rooms that the person moderates. */
export default function WaitingCases() {
  const { moderation: words } = useWords().screens;
  const client = useClient();
  // By their age: an order that stays while messages come.
  const rooms = useView(client.rooms)
    .filter((room) => moderationOf(room).some((part) => part === 'reports' || part === 'held'))
    .toSorted((a, b) => a.id.localeCompare(b.id));

  async function look(room: ShownRoom): Promise<Waiting> {
    const answer = await client.ask(WaitingCasesDocument, { roomId: room.id });
    return {
      room,
      hasReports: (answer.room?.reports.nodes.length ?? 0) > 0,
      hasHeld: (answer.room?.heldMessages.nodes.length ?? 0) > 0,
    };
  }

  /** A page is of rooms that were looked at, and has those of them in which something waits. */
  async function askPage(_first: number, after: string | null): Promise<Connection<Waiting>> {
    const end = Number(after ?? 0) + ROOMS_AT_ONCE;
    const looked = await Promise.all(rooms.slice(Number(after ?? 0), end).map(look));
    return {
      nodes: looked.filter(({ hasReports, hasHeld }) => hasReports || hasHeld),
      pageInfo: { hasNextPage: end < rooms.length, endCursor: String(end) },
    };
  }

  const waiting = useList(askPage, `waiting cases ${rooms.map(({ id }) => id).join()}`);
  return (
    <ScreenFrame title={words.title}>
      <Paged
        pages={waiting}
        keyOf={({ room }) => room.id}
        empty={words.nothingWaits}
        label={words.inAllRooms}
      >
        {(each) => <CasesOf waiting={each} />}
      </Paged>
    </ScreenFrame>
  );
}

function CasesOf({ waiting: { room, hasReports, hasHeld } }: { readonly waiting: Waiting }) {
  const { moderation: words } = useWords().screens;
  const name = useNameOfRoom(room.id);
  const address = `${roomAddress(room)}?panel=moderation`;
  return (
    <section className="trumpet-screen-cases" aria-label={name}>
      <h2>
        <Link href={address}>
          <bdi>{name}</bdi>
        </Link>
      </h2>
      {hasReports && (
        <>
          <h3>{words.reports}</h3>
          <OpenReports room={room} />
        </>
      )}
      {hasHeld && (
        <>
          <h3>{words.held}</h3>
          <Held room={room} />
        </>
      )}
    </section>
  );
}
