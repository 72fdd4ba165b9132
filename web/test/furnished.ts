import type { TestDatabase, TestUser } from '../../testing/database.ts';

/** A room in which everything has happened once, so that no screen of it is empty. */
export interface FurnishedRoom {
  /** The owner, who may see all. */
  readonly ada: TestUser;
  /** A moderator. */
  readonly bob: TestUser;
  /** A member who is muted. */
  readonly cleo: TestUser;
  /** Banned. */
  readonly dan: TestUser;
  readonly id: string;
  readonly slug: string;
  /** Long, edited, pinned, with reactions and an answer. */
  readonly message: { readonly id: string; readonly seq: number };
}

export async function furnishRoom(database: TestDatabase): Promise<FurnishedRoom> {
  const { call } = database;
  const ada = await database.createUser();
  const bob = await database.createUser();
  const cleo = await database.createUser();
  const dan = await database.createUser();
  const members = [bob, cleo, dan];
  const { id, slug } = await database.createRoom(ada, { name: 'Garden Club', members });
  await call(ada, 'update_room', id, 'Garden Club', 'What grows, and **what does not**', 500);
  await call(ada, 'set_member_role', id, bob.id, 'moderator');

  const message = await database.sendMessage(
    bob,
    id,
    `Hello @${ada.username}: **bold**, \`code\`, [a link](https://example.org)\n\n- [x] done\n- [ ] not yet\n\n> quoted\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n\`\`\`\nconst long = true;\n\`\`\``,
  );
  await call(bob, 'edit_message', message.id, `Hello @${ada.username}: **apples** and \`pears\``);
  await call(ada, 'pin_message', message.id);
  await call(ada, 'save_message', message.id);
  await call(ada, 'set_reminder', message.id, new Date(Date.now() + 3_600_000).toISOString());
  await call(ada, 'add_message_reaction', message.id, '🎉');
  await call(bob, 'add_message_reaction', message.id, '🎉');
  await call(ada, 'send_message', id, 'An answer', 'text', '{}', message.id);
  const rude = await database.sendMessage(cleo, id, 'Something rude');
  await call(bob, 'report_message', rude.id, 'This is rude');
  const gone = await database.sendMessage(cleo, id, 'Something worse');
  await call(bob, 'delete_message', gone.id, 'It was worse');

  await call(ada, 'create_invitation', id, 5, 604_800);
  await call(ada, 'set_room_rule', id, 'words', 'hold', ['spam']);
  await call(cleo, 'send_message', id, 'No spam, I promise');
  await call(bob, 'mute_member', id, cleo.id, 3_600, 'Too loud');
  await call(bob, 'ban_member', id, dan.id, 'He shouted', null);
  await call(ada, 'block_user', dan.id);
  const direct = await call(ada, 'create_direct_conversation', bob.id);
  await database.sendMessage(bob, direct.id, 'Between the two of us');
  await database.indexMessages();
  return { ada, bob, cleo, dan, id, slug, message };
}
