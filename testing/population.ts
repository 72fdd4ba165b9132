import type pg from 'pg';
import { signToken } from './access-token.ts';

/** Longer than any bench or fault takes. */
const TOKEN_LIFE_S = 12 * 3_600;

export interface Person {
  readonly id: string;
  readonly token: string;
}

/** Users with open sessions, made in one statement by the database's owner. */
export async function createPeople(
  owner: pg.Pool,
  jwtSecret: string,
  count: number,
): Promise<Person[]> {
  const { rows } = await owner.query<{ id: string; session: string }>(
    `with people as (
      insert into app_public.users (username, display_name)
      select 'p' || right(replace(uuidv7()::text, '-', ''), 24), 'Person ' || number
        from generate_series(1, $1::int) as number
      returning id
    )
    insert into app_private.sessions (user_id, expires_at)
    select id, now() + interval '1 day' from people
    returning user_id as id, id as session`,
    [count],
  );
  return Promise.all(
    rows.map(async ({ id, session }) => ({
      id,
      token: await signToken({ sub: id, sid: session }, jwtSecret, TOKEN_LIFE_S),
    })),
  );
}

/** Rooms whose members are given; the first of each is its owner. One statement a thousand. */
export async function createRooms(
  owner: pg.Pool,
  memberIds: readonly (readonly string[])[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < memberIds.length; start += 1000) {
    const { rows } = await owner.query<{ id: string }>(
      `insert into app_public.rooms (type, name, slug)
        select 'public', 'Room', 'room-' || ($1::int + number)
          from generate_series(1, $2::int) as number
        returning id`,
      [Date.now() % 1_000_000_000, Math.min(1000, memberIds.length - start)],
    );
    ids.push(...rows.map((row) => row.id));
  }
  const pairs = ids.flatMap((roomId, index) =>
    (memberIds[index] ?? []).map((userId, position) => [roomId, userId, position === 0] as const),
  );
  for (let start = 0; start < pairs.length; start += 5000) {
    const chunk = pairs.slice(start, start + 5000);
    await owner.query(
      `insert into app_public.room_members (room_id, user_id, role)
        select room_id, user_id, case when is_owner then 'owner' else 'member' end::app_public.member_role
          from unnest($1::uuid[], $2::uuid[], $3::bool[]) as pair (room_id, user_id, is_owner)`,
      [chunk.map((pair) => pair[0]), chunk.map((pair) => pair[1]), chunk.map((pair) => pair[2])],
    );
  }
  await owner.query('vacuum analyze');
  return ids;
}
