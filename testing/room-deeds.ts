import fc from 'fast-check';
import type { TestDatabase, TestUser } from './database.ts';

/** Which message or person an action is about: an index into those there are, taken round. */
const pick = fc.nat(20);
const actor = fc.nat(2);
const ownPermission = fc.constantFrom('pin_messages', 'delete_messages', 'add_reactions');
/** Roles of the workspace's own, which are there from when somebody first says what they give. */
const ownRole = fc.constantFrom('Stewards', 'Editors');
/** What one of three people does in a room; the first is its owner. */
export const roomDeed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), actor }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reply' as const), actor, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), actor, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), actor, pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('react' as const, 'unreact' as const),
      actor,
      pick,
      emoji: fc.constantFrom('👍', '🎉'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('pin' as const, 'unpin' as const), actor, pick }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), actor, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unread' as const), actor, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deliver' as const), actor, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read thread' as const), actor, pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), actor }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('role' as const),
      pick,
      role: fc.constantFrom('member', 'moderator', 'admin'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), actor }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('exception' as const),
      whom: fc.integer({ min: 1, max: 2 }),
      permission: ownPermission,
      effect: fc.constantFrom('grant', 'deny', null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('give role' as const, 'take role' as const),
      whom: fc.integer({ min: 1, max: 2 }),
      name: ownRole,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('change role' as const),
      name: ownRole,
      permissions: fc.uniqueArray(ownPermission),
    }),
  },
);
export type RoomDeed = typeof roomDeed extends fc.Arbitrary<infer T> ? T : never;

/** What the owner says of who sees how much of a room's history: the second and the third of the three. */
export const historyDeed = fc.oneof(
  fc.record({
    kind: fc.constant('history' as const),
    visibility: fc.constantFrom('everything', 'since_joining'),
  }),
  fc.record({
    kind: fc.constantFrom('add' as const, 'widen' as const),
    whom: fc.integer({ min: 1, max: 2 }),
    pick,
  }),
);
export type HistoryDeed = typeof historyDeed extends fc.Arbitrary<infer T> ? T : never;

/** Does it by SQL, as its actor; what is refused is refused, and changes nothing. */
export async function doInRoom(
  database: TestDatabase,
  users: readonly TestUser[],
  roomId: string,
  step: RoomDeed | HistoryDeed,
): Promise<void> {
  const { rows: messages } = await database.owner.query<{ id: string }>(
    'select id from app_public.messages where room_id = $1 order by seq',
    [roomId],
  );
  const target =
    'pick' in step ? messages[step.pick % Math.max(1, messages.length)]?.id : undefined;
  const person = 'actor' in step ? (users[step.actor] as TestUser) : (users[0] as TestUser);
  const run = (sql: string, values: unknown[]) =>
    database.commitAs(person, (client) => client.query(sql, values)).catch(expectRefusal);
  switch (step.kind) {
    case 'send':
      return void (await run('select app_public.send_message(room_id => $1, content => $2)', [
        roomId,
        `message ${messages.length}`,
      ]));
    case 'reply':
      return void (await run(
        `select app_public.send_message(
          room_id => $1, content => $2, parent_message_id => $3, also_send_to_room => $4)`,
        [roomId, 'reply', target, step.pick % 3 === 0],
      ));
    case 'edit':
      return void (await run('select app_public.edit_message($1, $2)', [
        target,
        `edited ${step.pick}`,
      ]));
    case 'delete':
      return void (await run('select app_public.delete_message($1)', [target]));
    case 'react':
      return void (await run('select app_public.add_message_reaction($1, $2)', [
        target,
        step.emoji,
      ]));
    case 'unreact':
      return void (await run('select app_public.remove_message_reaction($1, $2)', [
        target,
        step.emoji,
      ]));
    case 'pin':
      return void (await run('select app_public.pin_message($1)', [target]));
    case 'unpin':
      return void (await run('select app_public.unpin_message($1)', [target]));
    case 'read':
      return void (await run('select app_public.mark_room_read($1, $2)', [roomId, target]));
    case 'unread':
      return void (await run('select app_public.mark_room_unread($1, $2)', [roomId, target]));
    case 'read thread':
      return void (await run('select app_public.mark_thread_read($1)', [target]));
    case 'deliver':
      return void (await run(
        `select app_public.mark_delivered(array[row(room_id, seq)::app_public.delivery_position])
          from app_public.messages where id = $1`,
        [target],
      ));
    case 'join':
      return void (await run('select app_public.join_room($1)', [roomId]));
    case 'leave':
      return void (await run('select app_public.leave_room($1)', [roomId]));
    case 'role':
      return void (await run('select app_public.set_member_role($1, $2, $3)', [
        roomId,
        users[1 + (step.pick % 2)]?.id,
        step.role,
      ]));
    case 'exception':
      return void (await run('select app_public.set_permission_exception($1, $2, $3, $4)', [
        users[step.whom]?.id,
        step.permission,
        step.effect,
        roomId,
      ]));
    case 'give role':
    case 'take role':
      return void (await run(
        `select app_public.${step.kind === 'give role' ? 'assign_role' : 'unassign_role'}(id, $1, $2)
          from app_public.roles where name = $3`,
        [users[step.whom]?.id, roomId, roleOf(roomId, step.name)],
      ));
    case 'change role':
      return void (await database.owner.query('select app_admin.set_role($1, $2, $3)', [
        roleOf(roomId, step.name),
        step.permissions,
        'they asked',
      ]));
    case 'rename':
      return void (await run('select app_public.update_room(room_id => $1, name => $2)', [
        roomId,
        `Room ${messages.length}`,
      ]));
    case 'history':
      return void (await run('select app_public.set_history_visibility($1, $2)', [
        roomId,
        step.visibility,
      ]));
    case 'add':
      return void (await run(
        'select app_public.add_room_member(room_id => $1, user_id => $2, sees_from_message_id => $3)',
        [roomId, users[step.whom]?.id, target],
      ));
    case 'widen':
      return void (await run('select app_public.widen_history($1, $2, $3)', [
        roomId,
        users[step.whom]?.id,
        target,
      ]));
  }
}

/** A room has its own, so that a change of one locks no rooms that are done with. */
function roleOf(roomId: string, name: string): string {
  return `${name} ${roomId}`;
}

function expectRefusal(error: { code?: string }): void {
  if (!/^(TR|23|22)/.test(error.code ?? '')) {
    throw error;
  }
}
