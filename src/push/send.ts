import type { Pool } from 'pg';
import { wallClockMs } from '../process/clock.ts';
import { log } from '../process/log.ts';
import {
  type ChannelName,
  type Device,
  type PreparedSend,
  type PushChannel,
  type PushContent,
  type RefusedDelivery,
  type ToldPush,
  UnusableTargetError,
} from './channel.ts';
import {
  type ClaimedDelivery,
  claimAndFinish,
  type ReminderClaim,
  type RoomClaim,
} from './claim.ts';
import { pushMetrics } from './metrics.ts';

export type PushChannels = Partial<Record<ChannelName, PushChannel>>;

/** What is claimed: to tell one device of a room, up to a message, or of a reminder. */
export type PushTarget = RoomTarget | ReminderClaim;

interface RoomTarget extends RoomClaim {
  /** When the first message was sent that nobody had been told of. */
  readonly notedAt?: Date | undefined;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;
/** However long a push service asks us to wait: after a day, nobody misses the push. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * Tells one device, once: the claim is committed in the moment in which the push leaves. A worker that is killed before
 * has claimed nothing, one that is killed after has sent it. The claim is given back only when the push service has said
 * that it did not take the push.
 */
export async function pushToDevice(
  pool: Pool,
  channels: PushChannels,
  device: Device,
  target: PushTarget,
  content: ToldPush,
): Promise<void> {
  const channel = channels[device.channel];
  if (channel === undefined) {
    pushMetrics.failed.inc({ channel: device.channel, cause: 'not_configured' });
    return;
  }
  if (device.pausedUntil !== null && device.pausedUntil.getTime() > wallClockMs()) {
    await enqueueLater(pool, device, target, device.pausedUntil);
    return;
  }
  const send = await prepare(pool, channel, device, content);
  if (send === undefined) {
    return;
  }
  const opened = await send.open();
  if ('outcome' in opened) {
    await postpone(pool, device, target, opened);
    return;
  }
  const { subscriptionId } = device;
  const claimed = await claimAndFinish(pool, { ...target, subscriptionId }, opened);
  if (claimed !== undefined) {
    await settle(pool, device, target, content, claimed);
  }
}

async function enqueueLater(
  pool: Pool,
  { subscriptionId }: Device,
  target: PushTarget,
  runAt: Date,
): Promise<void> {
  if ('reminderId' in target) {
    await pool.query('select app_private.enqueue_reminder_push($1, $2, $3)', [
      target.reminderId,
      subscriptionId,
      runAt,
    ]);
    return;
  }
  await pool.query('select app_private.enqueue_paused_push($1, $2, $3, $4)', [
    target.userId,
    target.roomId,
    subscriptionId,
    runAt,
  ]);
}

/** The send, or undefined when the device turned out to be unusable and was removed. */
export async function prepare(
  pool: Pool,
  channel: PushChannel,
  device: Device,
  content: PushContent,
): Promise<PreparedSend | undefined> {
  try {
    return await channel.prepare(device, content);
  } catch (error) {
    if (!(error instanceof UnusableTargetError)) {
      throw error;
    }
    await removeDevice(pool, device, error.reason);
    return undefined;
  }
}

async function settle(
  pool: Pool,
  device: Device,
  target: PushTarget,
  content: ToldPush,
  { delivery, previousSeq }: ClaimedDelivery,
): Promise<void> {
  const { channel } = device;
  switch (delivery.outcome) {
    case 'sent':
      pushMetrics.sent.inc({ channel });
      await noteSent(pool, device, target, content);
      return;
    case 'gone':
      return removeDevice(pool, device, delivery.cause);
    case 'refused':
      return postpone(pool, device, target, delivery, previousSeq);
    case 'failed':
      pushMetrics.failed.inc({ channel, cause: delivery.cause });
      log.warn({ event: 'push.failed', channel, cause: delivery.cause, ...idOf(device) });
  }
}

async function noteSent(
  pool: Pool,
  { subscriptionId, failures }: Device,
  target: PushTarget,
  content: ToldPush,
): Promise<void> {
  const readRoomIds = content.type === 'message' ? content.readRoomIds : [];
  if (content.type === 'message') {
    pushMetrics.folded.inc(content.count - 1);
  }
  if ('notedAt' in target && target.notedAt !== undefined) {
    pushMetrics.delay.observe((wallClockMs() - target.notedAt.getTime()) / 1_000);
  }
  if (failures > 0 || readRoomIds.length > 0) {
    await pool.query('select app_private.note_push_sent($1, $2)', [subscriptionId, readRoomIds]);
  }
}

/** @param previousSeq to where a claim is given back; left out when there is none */
async function postpone(
  pool: Pool,
  device: Device,
  target: PushTarget,
  delivery: RefusedDelivery,
  previousSeq?: string,
): Promise<void> {
  const { subscriptionId } = device;
  const wait = waitMs(device.failures, delivery.retryAfterMs, Math.random());
  const { rows } = await ('reminderId' in target
    ? pool.query<{ postponed: boolean }>(
        `select app_private.postpone_reminder_push($1, $2, $3 * interval '1 ms') as postponed`,
        [target.reminderId, subscriptionId, wait],
      )
    : pool.query<{ postponed: boolean }>(
        `select app_private.postpone_push($1, $2, $3, $4, $5, $6 * interval '1 ms') as postponed`,
        [target.userId, target.roomId, subscriptionId, target.throughSeq, previousSeq, wait],
      ));
  const labels = { channel: device.channel, cause: delivery.cause };
  if (rows[0]?.postponed) {
    pushMetrics.postponed.inc(labels);
  } else {
    pushMetrics.failed.inc(labels);
  }
}

/**
 * How long to leave a device alone: 5 s, doubled with each refusal up to an hour and spread by half
 * of it, so that not all come back at once; or longer, when its push service says so.
 *
 * @param spread from 0 to 1
 */
export function waitMs(failures: number, retryAfterMs: number | undefined, spread: number): number {
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(asked, backoff / 2) + (backoff / 2) * spread;
}

export async function removeDevice(pool: Pool, device: Device, cause: string): Promise<void> {
  pushMetrics.removed.inc({ channel: device.channel, cause });
  log.info({ event: 'push.device_removed', channel: device.channel, cause, ...idOf(device) });
  // Unless it was registered anew meanwhile, with other keys.
  await pool.query(
    `delete from app_public.push_subscriptions using app_private.push_devices
    where push_subscriptions.id = $1
      and push_devices.subscription_id = push_subscriptions.id
      and push_devices.p256dh is not distinct from $2`,
    [device.subscriptionId, device.p256dh],
  );
}

function idOf(device: Device): { subscriptionId: string } {
  return { subscriptionId: device.subscriptionId };
}
