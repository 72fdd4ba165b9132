import { useEffect, useMemo, useRef } from 'react';
import { throwDefect } from '../errors.ts';
import type { Action, NewDeed } from '../queue/actions.ts';
import type { Member, Person } from '../replica/model.ts';
import type { ShownMessage, ShownRoom } from '../shown.ts';
import type { ClientState } from '../state.ts';
import type { Thread, ThreadState } from '../thread.ts';
import type { Timeline, TimelineState } from '../timeline.ts';
import type { View } from '../views.ts';
import { useClient } from './provider.tsx';
import { areEqual, mergeItems, share, shareItems, shareValue } from './shared.ts';
import { useIsGone } from './use-is-gone.ts';
import { useView } from './use-view.ts';

/** Whether everything until now is here; see {@link ClientState}. */
export function useClientState(): ClientState {
  return useView(useClient().state);
}

/** The id of who is signed in; null for nobody. */
export function useViewerId(): string | null {
  return useView(useClient().viewerId);
}

/** The rooms that the person is in, the newest activity first. A room that has not changed stays the same object. */
export function useRooms(): readonly ShownRoom[] {
  const client = useClient();
  return useView(useMemo(() => shareItems(client.rooms, ({ id }) => id), [client]));
}

export function useRoom(roomId: string): ShownRoom | undefined {
  const client = useClient();
  return useView(useMemo(() => shareValue(client.room(roomId)), [client, roomId]));
}

export function usePerson(userId: string): Person | undefined {
  const client = useClient();
  return useView(useMemo(() => client.person(userId), [client, userId]));
}

/** Whom the person has blocked: what they write is hidden by whoever shows it. */
export function useBlockedIds(): ReadonlySet<string> {
  return useView(useClient().blockedIds);
}

/** The members of a room by their user's id; undefined until they have come. */
export function useMembers(roomId: string): ReadonlyMap<string, Member> | undefined {
  const client = useClient();
  return useView(useMemo(() => client.members(roomId), [client, roomId]));
}

/** The ids of those who are typing. */
export function useTyping(roomId: string): readonly string[] {
  const client = useClient();
  return useView(useMemo(() => shareValue(client.typing(roomId)), [client, roomId]));
}

/** What a person is now, such as `ONLINE`; undefined until they have been heard of. */
export function usePresence(userId: string): string | undefined {
  const client = useClient();
  return useView(useMemo(() => client.presence(userId), [client, userId]));
}

/** One message; undefined while it is not on this device. */
export function useMessage(roomId: string, messageId: string | null): ShownMessage | undefined {
  const client = useClient();
  const message = useView(
    useMemo(
      () => (messageId === null ? NOTHING : shareValue(client.message(roomId, messageId))),
      [client, roomId, messageId],
    ),
  );
  return useIsGone(message?.disappearsAt) ? undefined : message;
}

const NOTHING: View<undefined> = { get: () => undefined, subscribe: () => () => {} };

/** What is not acknowledged yet, and what was refused. */
export function useQueue(): readonly Action[] {
  return useView(useClient().queue);
}

/** How many bytes of a file in the queue are uploaded. */
export function useProgress(fileId: string): number {
  const client = useClient();
  return useView(useMemo(() => client.progress(fileId), [client, fileId]));
}

/** Does something: `act({ kind: 'send', roomId, content })`. */
export function useAct(): (deed: NewDeed) => string {
  return useClient().act;
}

export interface ShownTimeline extends TimelineState, Omit<Timeline, keyof View<unknown>> {}

/**
 * A window on the history of a room, the newest messages first to be there. They are fetched when they are not on this
 * device, and again when the network is back. A message that has not changed stays the same object.
 */
export function useTimeline(roomId: string): ShownTimeline {
  const client = useClient();
  const timeline = useMemo(() => client.timeline(roomId), [client, roomId]);
  return useTimelineView(timeline);
}

function useTimelineView(timeline: Timeline): ShownTimeline {
  const state = useView(useMemo(() => share(timeline, mergeStates), [timeline]));
  const clientState = useClientState();
  const isEmpty = state.messages.length === 0;
  const opened = useRef<Timeline | null>(null);
  useEffect(() => {
    if (opened.current !== timeline || (isEmpty && clientState === 'live')) {
      opened.current = timeline;
      timeline.jumpToNewest().catch(throwDefect); // It is tried again when the state is `live`.
    }
  }, [timeline, isEmpty, clientState]);
  return useMemo(
    () => ({
      ...state,
      loadOlder: timeline.loadOlder,
      loadNewer: timeline.loadNewer,
      jumpTo: timeline.jumpTo,
      jumpToNewest: timeline.jumpToNewest,
      setAtEnd: timeline.setAtEnd,
    }),
    [timeline, state],
  );
}

export interface ShownThread extends ThreadState, Omit<Thread, keyof View<unknown>> {}

/** The answers to a message, the newest first to be there. */
export function useThread(messageId: string): ShownThread {
  const client = useClient();
  const thread = useMemo(() => client.thread(messageId), [client, messageId]);
  const state = useView(useMemo(() => share(thread, mergeThreads), [thread]));
  return useMemo(() => ({ ...state, loadOlder: thread.loadOlder }), [thread, state]);
}

function mergeThreads(before: ThreadState, now: ThreadState): ThreadState {
  const messages = mergeItems(before.messages, now.messages, ({ key }) => key);
  const parent = areEqual(before.parent, now.parent) ? before.parent : now.parent;
  return messages === before.messages &&
    parent === before.parent &&
    before.hasOlder === now.hasOlder
    ? before
    : { ...now, parent, messages };
}

function mergeStates(before: TimelineState, now: TimelineState): TimelineState {
  const messages = mergeItems(before.messages, now.messages, ({ key }) => key);
  return messages === before.messages &&
    before.hasOlder === now.hasOlder &&
    before.hasNewer === now.hasNewer
    ? before
    : { ...now, messages };
}
