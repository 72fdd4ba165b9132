import { z } from 'zod';
import { deviceShape, type ReminderPush } from './channel.ts';
import { BODY_LENGTH, shorten, TITLE_LENGTH } from './message.ts';

/** What `app_private.compose_reminder` says of a reminder and a device. */
export const reminderShape = z.object({
  room_id: z.uuid().nullable(),
  message_id: z.uuid().nullable(),
  seq: z.coerce.number().nullable(),
  room_name: z.string().nullable(),
  hides_text: z.boolean(),
  author_name: z.string().nullable(),
  content: z.string().nullable(),
  badge: z.coerce.number(),
  device: deviceShape,
});

export type Reminder = z.infer<typeof reminderShape>;

/** One push for a reminder. Of a message that its person may not see any more it says just that. */
export function pushReminder(reminderId: string, reminder: Reminder): ReminderPush {
  const { room_id: roomId, message_id: messageId, seq, badge } = reminder;
  if (roomId === null || messageId === null || seq === null) {
    const body = 'The message is not there any more, or you may not see it.';
    return { type: 'reminder', reminderId, title: 'Reminder', body, badge };
  }
  return {
    type: 'reminder',
    reminderId,
    roomId,
    messageId,
    seq,
    title: shorten(titleOf(reminder), TITLE_LENGTH),
    ...(!reminder.hides_text && { body: shorten(reminder.content ?? '', BODY_LENGTH) }),
    badge,
  };
}

function titleOf({ room_name, hides_text, author_name }: Reminder): string {
  const author = author_name ?? 'Someone';
  if (room_name === null) {
    return hides_text ? `Reminder of a message from ${author}` : `Reminder: ${author}`;
  }
  return hides_text
    ? `Reminder of a message in ${room_name}`
    : `Reminder: ${author} in ${room_name}`;
}
