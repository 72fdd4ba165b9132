import { Gauge, type Registry } from 'prom-client';
import type { Realtime } from './start.ts';

type Value = (realtime: Realtime) => number;

/** What each gauge tells of the live engine of this process. */
const GAUGES: Record<string, readonly [help: string, value: Value]> = {
  trumpet_listening: [
    'Whether this node hears the bells of others: 1, or 0 while it looks for the database.',
    ({ isListening }) => Number(isListening),
  ],
  trumpet_redis_connected: [
    'Whether Redis carries the bells of this node: 1, 0 while it is away, -1 without REDIS_URL.',
    ({ isRedisConnected }) => Number(isRedisConnected ?? -1),
  ],
  trumpet_listener_reconnects: [
    'How often LISTEN had to begin anew.',
    ({ statistics }) => statistics.reconnects,
  ],
  trumpet_sockets: ['Open WebSockets.', ({ statistics }) => statistics.sockets],
  trumpet_event_streams: [
    'Open Server-Sent Events streams.',
    ({ statistics }) => statistics.eventStreams,
  ],
  trumpet_presence_sessions: [
    'Presence sessions that this node renews.',
    ({ statistics }) => statistics.presenceSessions,
  ],
  trumpet_rooms: ['Rooms that are listened to here.', ({ statistics }) => statistics.rooms],
  trumpet_groups: [
    'Documents that are listened with, each room by itself: an event is computed once a group.',
    ({ statistics }) => statistics.groups,
  ],
  trumpet_followers: [
    'Places in rooms that are kept for subscriptions.',
    ({ statistics }) => statistics.followers,
  ],
  trumpet_executions: ['Executions of documents.', ({ statistics }) => statistics.executions],
  trumpet_executed_events: [
    'Events that these were over.',
    ({ statistics }) => statistics.executedEvents,
  ],
  trumpet_feed_rooms: ['Rooms whose log is read.', ({ statistics }) => statistics.feed.rooms],
  trumpet_feed_reads: ['Reads of the log.', ({ statistics }) => statistics.feed.reads],
  trumpet_feed_changes: ['Changes that were read.', ({ statistics }) => statistics.feed.changes],
  trumpet_feed_swept_rooms: [
    'Rooms that a sweep found behind: each is a bell that went missing.',
    ({ statistics }) => statistics.feed.sweptRooms,
  ],
  trumpet_feed_last_sweep_seconds: [
    'When the log was last compared with the database, in seconds since 1970.',
    ({ statistics }) => statistics.feed.lastSweepAt / 1_000,
  ],
};

/** Shows the state of the live engine in `/metrics`. */
export function registerRealtimeMetrics(registry: Registry, realtime: Realtime): void {
  registry.registerMetric(realtime.deliveryDelays);
  for (const [name, [help, value]] of Object.entries(GAUGES)) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(realtime));
      },
    });
  }
}
