import { createTestDatabase, single } from '../../testing/database.ts';
import type { Permission } from '../src/generated.ts';
import { may, type RoomOfMember } from '../src/ui/permissions.ts';

/* What the kit offers is what the server lets do: `may` says of every permission what `viewerPermissions` says. */

const database = await createTestDatabase();
afterAll(() => database.close());
const { owner } = database;

const ROLES = ['member', 'moderator', 'admin', 'owner'] as const;

/** Numbers that look like chance, and are the same in every run. */
function createChance(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Row {
  readonly permissions: readonly string[];
  readonly type: string;
  readonly writing_role: string;
  readonly reply_role: string;
  readonly reaction_role: string;
  readonly upload_role: string;
  readonly role: string;
  readonly granted: readonly string[] | null;
  readonly denied: readonly string[] | null;
}

const upper = (text: string) => text.toUpperCase() as never;

test('the kit and the server say the same of every permission, role, exception and setting', async () => {
  const chance = createChance(62);
  const { rows: all } = await owner.query<{ permission: string }>(
    `select permission from unnest(enum_range(null::app_public.permission)) as permission
      where permission < 'create_rooms' and permission <> 'mention_groups'`,
  );
  const alice = await database.createUser();
  const bob = await database.createUser();
  const { id: roomId } = await database.createRoom(alice, { members: [bob] });
  await owner.query('update app_public.room_members set role = $1 where user_id = $2', [
    'admin',
    alice.id,
  ]);
  const seen = new Set<string>();
  for (let round = 0; round < 120; round++) {
    const some = () =>
      chance(3) === 0
        ? null
        : all.filter(() => chance(5) === 0).map(({ permission }) => permission);
    await owner.query(
      'update app_public.rooms set writing_role = $2, reply_role = $3, reaction_role = $4, upload_role = $5 where id = $1',
      [roomId, ...[4, 4, 4, 4].map((below) => ROLES[chance(below)])],
    );
    await owner.query(
      `update app_public.room_members set role = $2, granted_permissions = $3::app_public.permission[],
          denied_permissions = $4::app_public.permission[] where user_id = $1`,
      [bob.id, ROLES[round % 4], some(), some()],
    );
    const { rows } = await database.asUser(bob, (client) =>
      client.query<Row>(
        `select app_public.rooms_viewer_permissions(rooms)::text[] as permissions, type, writing_role, reply_role, reaction_role, upload_role,
            role, granted_permissions::text[] as granted, denied_permissions::text[] as denied
          from app_public.rooms join app_public.room_members on room_id = rooms.id and user_id = $2
          where rooms.id = $1`,
        [roomId, bob.id],
      ),
    );
    const row = single(rows);
    const room: RoomOfMember = {
      type: upper(row.type),
      writingRole: upper(row.writing_role),
      replyRole: upper(row.reply_role),
      reactionRole: upper(row.reaction_role),
      uploadRole: upper(row.upload_role),
      membership: {
        role: upper(row.role),
        grantedPermissions: row.granted?.map(upper) ?? null,
        deniedPermissions: row.denied?.map(upper) ?? null,
      },
    };
    for (const { permission } of all) {
      const isSaid = row.permissions.includes(permission);
      seen.add(`${permission} ${isSaid}`);
      expect([room, permission, may(room, permission.toUpperCase() as Permission)]).toEqual([
        room,
        permission,
        isSaid,
      ]);
    }
  }
  expect(seen.size).toBe(2 * all.length);
});

test('in a direct conversation everybody may what is not denied to them', () => {
  const room = (denied: readonly Permission[] | null): RoomOfMember => ({
    type: 'DIRECT',
    writingRole: 'MEMBER',
    replyRole: 'MEMBER',
    reactionRole: 'MEMBER',
    uploadRole: 'MEMBER',
    membership: { role: 'MEMBER', deniedPermissions: denied },
  });
  expect(may(room(null), 'PIN_MESSAGES')).toBe(true);
  expect(may(room(['PIN_MESSAGES']), 'PIN_MESSAGES')).toBe(false);
  expect(may(room(null), 'DELETE_MESSAGES')).toBe(false);
});
