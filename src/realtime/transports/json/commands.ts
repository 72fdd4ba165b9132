import { TrumpetError } from '../../../errors/codes.ts';
import type { Viewer } from '../../../identity/viewer.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Presence } from '../presence.ts';
import { sessionOfSocket } from '../presence-session.ts';
import type { Client } from './client.ts';
import type { ClientFrame } from './client-frames.ts';
import { hearInteractions } from './interactions.ts';
import { joinRoom, leaveRoom } from './rooms.ts';

/** Runs one statement as a person, in a transaction of its own, and returns its rows. */
export type RunAs = <Row>(
  viewer: Viewer,
  text: string,
  values: unknown[],
) => Promise<readonly Row[]>;

/** What commands are done with. */
export interface Services {
  readonly hub: Hub;
  readonly presence: Presence;
  readonly runAs: RunAs;
}

/** Whose command it is. */
export interface Caller {
  readonly client: Client;
  readonly viewer: Viewer;
}

type FrameOf<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>;

/** As PostGraphile writes it: what is sent in either way goes together. */
export const SEND_MESSAGE = `select sent."id", sent."seq" from "app_public"."send_message"(
  "room_id" := $1, "content" := $2, "parent_message_id" := $3, "nonce" := $4, "read_up_to_message_id" := $5) as sent`;

/** The same of a message that quotes, disappears, or is an answer that goes to the room as well; it is never sent together with others. */
const SEND_UNUSUAL = `select id, seq from app_public.send_message(
  room_id => $1, content => $2, parent_message_id => $3, nonce => $4, read_up_to_message_id => $5, metadata => $6,
  also_send_to_room => $7)`;

/** `typing_start` again within this time changes nothing: the indicator lasts 6 seconds. */
const TYPING_INTERVAL_MS = 2_000;

/** Does what a frame asks for. Whatever goes wrong is thrown. */
export async function obey(services: Services, caller: Caller, frame: ClientFrame): Promise<void> {
  const { client, viewer } = caller;
  switch (frame.type) {
    case 'auth':
      throw new TrumpetError('BAD_INPUT', 'This connection has its token already.');
    case 'join_room': {
      const cursor = frame.after?.toString() ?? null;
      return await joinRoom(services.hub, client, viewer, { roomId: frame.room_id, cursor });
    }
    case 'leave_room':
      return leaveRoom(client, frame.room_id);
    case 'typing_start':
    case 'typing_stop':
      return await setTyping(services, caller, frame);
    case 'send_message':
      return await sendMessage(services, caller, frame);
    case 'forward_message': {
      const [message] = await services.runAs<Sent>(
        viewer,
        'select id, seq from app_public.forward_message(message_id => $1, room_id => $2, nonce => $3, comment => $4)',
        [frame.message_id, frame.room_id, frame.nonce ?? null, frame.comment ?? null],
      );
      return acknowledge(client, frame.ref, message);
    }
    case 'vote_in_poll':
      await services.runAs(
        viewer,
        'select from app_public.vote_in_poll(message_id => $1, choices => $2)',
        [frame.message_id, frame.choices],
      );
      return client.send({ type: 'ack', ref: frame.ref, message_id: frame.message_id });
    case 'mark_read':
      await services.runAs(
        viewer,
        'select from app_public.mark_room_read(room_id => $1, up_to_message_id => $2)',
        [frame.room_id, frame.message_id],
      );
      return;
    case 'mark_delivered':
      await services.runAs(
        viewer,
        'select app_public.mark_delivered(array[row($1, $2)::app_public.delivery_position])',
        [frame.room_id, frame.seq],
      );
      return;
    case 'presence':
      return await setPresence(services, caller, frame);
    case 'hear_interactions':
      return await hearInteractions(services.hub, client, viewer, frame.after ?? null);
    case 'answer_interaction':
      return await answerInteraction(services, caller, frame);
    case 'ping':
      client.send({ type: 'pong', ref: frame.ref });
  }
}

async function setTyping(
  { runAs }: Services,
  { client, viewer }: Caller,
  { type, room_id: roomId }: FrameOf<'typing_start' | 'typing_stop'>,
): Promise<void> {
  const isTyping = type === 'typing_start';
  const now = performance.now();
  if (isTyping && now - (client.typingSince.get(roomId) ?? -Infinity) < TYPING_INTERVAL_MS) {
    return;
  }
  client.typingSince.delete(roomId);
  await runAs(viewer, 'select from app_public.set_typing(room_id => $1, is_typing => $2)', [
    roomId,
    isTyping,
  ]);
  if (isTyping) {
    client.typingSince.set(roomId, now);
  }
}

async function answerInteraction(
  { runAs }: Services,
  { client, viewer }: Caller,
  frame: FrameOf<'answer_interaction'>,
): Promise<void> {
  const [answered] = await runAs<{ message_id: string | null }>(
    viewer,
    `select answer_message_id as message_id from app_public.answer_interaction(
      interaction_id => $1, content => $2, is_for_room => $3, metadata => $4)`,
    [
      frame.interaction_id,
      frame.content ?? null,
      frame.is_for_room ?? false,
      JSON.stringify(frame.components ? { components: frame.components } : {}),
    ],
  );
  client.send({ type: 'ack', ref: frame.ref, message_id: answered?.message_id });
}

async function sendMessage(
  { runAs }: Services,
  { client, viewer }: Caller,
  frame: FrameOf<'send_message'>,
): Promise<void> {
  const values = [
    frame.room_id,
    frame.content,
    frame.parent_message_id ?? null,
    frame.nonce ?? null,
    frame.read_up_to_message_id ?? null,
  ];
  const { quote } = frame;
  const disappearAfterSeconds = frame.disappear_after_seconds ?? undefined;
  const [message] = await (quote || frame.also_send_to_room || disappearAfterSeconds !== undefined
    ? runAs<Sent>(viewer, SEND_UNUSUAL, [
        ...values,
        {
          quote: quote
            ? { messageId: quote.message_id, content: quote.content ?? undefined }
            : undefined,
          disappearAfterSeconds,
        },
        frame.also_send_to_room ?? false,
      ])
    : runAs<Sent>(viewer, SEND_MESSAGE, values));
  client.typingSince.delete(frame.room_id); // Sending ends it.
  acknowledge(client, frame.ref, message);
}

interface Sent {
  readonly id: string;
  readonly seq: string;
}

function acknowledge(
  client: Caller['client'],
  ref: FrameOf<'send_message'>['ref'],
  message: Sent | undefined,
): void {
  client.send({ type: 'ack', ref, message_id: message?.id, seq: Number(message?.seq) });
}

async function setPresence(
  { presence, runAs }: Services,
  { client, viewer }: Caller,
  { status }: FrameOf<'presence'>,
): Promise<void> {
  const session = client.presence?.session ?? sessionOfSocket(viewer.userId);
  await client.presence?.begun; // Not to be overtaken by the socket's own arrival.
  await runAs(
    viewer,
    'select from app_public.update_user_presence(status => $1, session_id => $2)',
    [status, session.key],
  );
  if (client.presence !== undefined) {
    presence.note(session, status);
  } else if (client.isOpen) {
    client.presence = { session, begun: presence.hold(session, status) };
  }
}
