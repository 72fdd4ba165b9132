import type { TestUser } from '../../../testing/database.ts';
import type { TestServer } from '../../../testing/server.ts';
import type { Client, ShownMessage } from '../../src/index.ts';
import type { Message } from '../../src/replica/model.ts';
import { fetchInbox, fetchWholeRoom, until } from '../support.ts';

/** So that what never becomes right shows how it differs. */
const PATIENCE_MS = 20_000;

/** A message without what only the one who shows it knows, and without what a worker makes of its files meanwhile. */
function comparable({ attachments, ...message }: Message | ShownMessage) {
  const { key: _, files: __, actionId: ___, refusal: ____, ...rest } = message as ShownMessage;
  return {
    ...rest,
    attachments: attachments.map(({ id, filename, byteSize }) => ({ id, filename, byteSize })),
  };
}

/** Whether a tab that has all shows what the person would fetch. */
export async function expectEquivalent(
  tab: Client,
  server: TestServer,
  viewer: TestUser,
  roomIds: readonly string[],
): Promise<void> {
  const inbox = await fetchInbox(server, viewer);
  const rooms = tab.rooms
    .get()
    .map(({ id, latestMessageId, lastActivityAt }) => ({ id, latestMessageId, lastActivityAt }));
  expect(byId(rooms)).toEqual(byId(inbox.rooms));
  if (rooms.every(({ latestMessageId }) => latestMessageId !== null)) {
    // A room whose messages are all gone keeps its place by when they came, which only the server knows.
    expect(rooms).toEqual(inbox.rooms);
  }
  expect([...tab.blockedIds.get()].sort()).toEqual(inbox.blockedIds.toSorted());
  for (const roomId of roomIds) {
    if (inbox.rooms.some(({ id }) => id === roomId)) {
      await expectSameRoom(tab, server, viewer, roomId);
    } else {
      expect(tab.room(roomId).get()).toBeUndefined();
      expect(tab.timeline(roomId).get().messages).toEqual([]);
    }
  }
}

async function expectSameRoom(
  tab: Client,
  server: TestServer,
  viewer: TestUser,
  roomId: string,
): Promise<void> {
  const theirs = await fetchWholeRoom(server, viewer, roomId);
  const timeline = tab.timeline(roomId);
  await until(timeline, ({ messages }) => messages.every(({ actionId }) => !actionId));
  while (timeline.get().hasOlder) {
    await timeline.loadOlder();
  }
  // After a lost log, history that was known is shown at once, and made true where it is looked at.
  const wanted = JSON.stringify(theirs.messages.map(comparable));
  await Promise.race([
    until(timeline, ({ messages }) => JSON.stringify(messages.map(comparable)) === wanted),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ]);
  expect(timeline.get().messages.map(comparable)).toEqual(theirs.messages.map(comparable));
  expect(tab.room(roomId).get()).toMatchObject(theirs.room);
  const members = await until(tab.members(roomId), (known) => known !== undefined);
  expect([...(members?.values() ?? [])].sort(byUser)).toEqual(theirs.members.sort(byUser));
  for (const { id } of theirs.messages.filter(({ replyCount }) => replyCount > 0)) {
    const thread = tab.thread(id);
    await until(thread, ({ parent }) => parent !== undefined);
    while (thread.get().hasOlder) {
      await thread.loadOlder();
    }
    expect(thread.get().messages.map(comparable)).toEqual(
      theirs.messages.filter(({ parentMessageId }) => parentMessageId === id).map(comparable),
    );
  }
}

function byId<Thing extends { readonly id: string }>(things: readonly Thing[]): Thing[] {
  return things.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function byUser(a: { readonly userId: string }, b: { readonly userId: string }): number {
  return a.userId < b.userId ? -1 : 1;
}
