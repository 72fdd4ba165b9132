import '../process/graphile-environment.ts';

import type { Pool } from 'pg';
import { makeSchema } from 'postgraphile';
import { withPgClientFromPgService } from 'postgraphile/@dataplan/pg';
import { makeMaskError } from '../../plugins/error-codes.ts';
import { makePreset } from '../../plugins/preset.ts';
import { broadcastSettings } from '../database/pg-settings.ts';
import { log } from '../process/log.ts';
import { createExecutor, eventValue } from '../realtime/execution/executor.ts';
import type { DurableEvent } from '../realtime/log/events.ts';
import {
  type EventData,
  frameOfEvent,
  ROOM_SUBSCRIPTION,
} from '../realtime/transports/json/server-frames.ts';

/**
 * What every member of its room sees of a change now, as the JSON protocol has it.
 *
 * @throws when it cannot be computed: the database is away, say
 */
export type ComputeFrame = (event: DurableEvent) => Promise<string>;

export interface FrameOptions {
  /** Connections of the unprivileged login. */
  readonly pool: Pool;
  /** Signs the addresses of files. */
  readonly jwtSecret: string;
  readonly publicUrl: () => string;
}

/** Reads the schema, which takes a second or two: for who has something to tell. */
export async function createFrames(options: FrameOptions): Promise<ComputeFrame> {
  const reportError = (report: { readonly code: string; readonly cause?: unknown }) =>
    log.error({ event: 'webhook.not_computed', ...report });
  const { schema, resolvedPreset } = await makeSchema(
    makePreset({
      ...options,
      graphiql: false,
      introspection: false,
      reportError,
      noteRefusal: () => {},
      viewerOf: () => undefined,
      originOf: () => ({}),
    }),
  );
  const [pgService] = resolvedPreset.pgServices ?? [];
  if (pgService === undefined) {
    throw new Error('The preset has no database');
  }
  const withPgClient = withPgClientFromPgService.bind(null, pgService);
  const execute = createExecutor({
    schema,
    resolvedPreset,
    makeContext: (pgSettings) => ({ pgSettings, withPgClient }),
    maskError: makeMaskError({ reportError, suggestions: false }),
  });

  return async function computeFrame(event) {
    const { roomId } = event;
    const [result] = await execute({
      ...ROOM_SUBSCRIPTION,
      variables: { roomId, cursor: null },
      pgSettings: broadcastSettings([roomId]),
      events: [eventValue(event)],
    });
    const data = result?.data?.roomEvents;
    if (data == null || result?.errors !== undefined) {
      throw new Error(`A change could not be computed: ${result?.errors?.[0]?.message}`);
    }
    return JSON.stringify(frameOfEvent(data as EventData));
  };
}
