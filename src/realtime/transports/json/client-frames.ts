import { z } from 'zod';

/*
 * What clients may say in the JSON protocol. docs/protocol.md describes each frame; a test holds the two together.
 */

const id = z.uuid().transform((text) => text.toLowerCase());
/** Comes back with the answer, as the client wrote it. */
const ref = z.union([z.string().max(200), z.number()]).optional();
/** Where to resume: the `cursor` of an event, or its change_seq as a number or in digits. */
const place = z.union([z.int().nonnegative(), z.string()]).nullish();

const CLIENT_FRAME_SHAPES = {
  auth: { token: z.string(), act_as: z.string().nullish(), ref },
  join_room: { room_id: id, after: place, ref },
  leave_room: { room_id: id, ref },
  typing_start: { room_id: id, ref },
  typing_stop: { room_id: id, ref },
  send_message: {
    room_id: id,
    content: z.string(),
    nonce: z.string().nullish(),
    parent_message_id: id.nullish(),
    read_up_to_message_id: id.nullish(),
    also_send_to_room: z.boolean().nullish(),
    disappear_after_seconds: z.int().nullish(),
    quote: z.object({ message_id: id, content: z.string().nullish() }).nullish(),
    ref,
  },
  forward_message: {
    message_id: id,
    room_id: id,
    nonce: z.string().nullish(),
    comment: z.string().nullish(),
    ref,
  },
  vote_in_poll: { message_id: id, choices: z.array(z.int32()).max(100), ref },
  mark_read: { room_id: id, message_id: id, ref },
  mark_delivered: { room_id: id, seq: z.int().nonnegative(), ref },
  presence: {
    status: z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.enum(['online', 'away', 'busy', 'offline'])),
    ref,
  },
  hear_interactions: { after: z.string().nullish(), ref },
  answer_interaction: {
    interaction_id: id,
    content: z.string().nullish(),
    is_for_room: z.boolean().nullish(),
    components: z.array(z.unknown()).nullish(),
    ref,
  },
  ping: { ref },
} as const;

type FrameShapes = typeof CLIENT_FRAME_SHAPES;
export type ClientFrame = {
  [Type in keyof FrameShapes]: { readonly type: Type } & Readonly<
    z.infer<z.ZodObject<FrameShapes[Type]>>
  >;
}[keyof FrameShapes];

export const CLIENT_FRAME_TYPES = Object.keys(CLIENT_FRAME_SHAPES) as (keyof FrameShapes)[];

const shapes = new Map(
  Object.entries(CLIENT_FRAME_SHAPES).map(([type, shape]) => [type, z.object(shape)]),
);

/** Made once: making a shape takes longer than reading a hundred frames. */
const headShape = z.object({ type: z.string() });
const refShape = z.object({ ref: ref.catch(undefined) });

export type Ref = z.infer<typeof ref>;

/** A frame, or what is wrong with it. */
export type ParsedFrame =
  | { readonly frame: ClientFrame }
  | { readonly problem: string; readonly ref: Ref };

/** Reads what a client has sent. Keys that a frame does not have are left out. */
export function parseFrame(text: string): ParsedFrame {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return { problem: 'A frame is a JSON object.', ref: undefined };
  }
  const head = headShape.safeParse(input);
  if (!head.success) {
    return { problem: 'A frame is a JSON object with a `type`.', ref: undefined };
  }
  const { type } = head.data;
  const wanted = refShape.parse(input).ref;
  const shape = shapes.get(type);
  if (shape === undefined) {
    const known = CLIENT_FRAME_TYPES.join(', ');
    return { problem: `There is no such \`type\`; there are ${known}.`, ref: wanted };
  }
  const body = shape.safeParse(input);
  if (!body.success) {
    const [issue] = body.error.issues;
    return { problem: `\`${issue?.path.join('.')}\`: ${issue?.message}.`, ref: wanted };
  }
  return { frame: { type, ...body.data } as ClientFrame };
}
