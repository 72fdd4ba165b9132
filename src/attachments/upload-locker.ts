import { setTimeout as wait } from 'node:timers/promises';
import { ERRORS, type Lock, type Locker, type RequestRelease } from '@tus/server';
import pg from 'pg';
import { keptConnection } from '../database/kept-connection.ts';
import { UPLOAD_LOCK_SQL } from '../database/locks.ts';
import { log } from '../process/log.ts';
import { CONNECT_TIMEOUT_MS, QUERY_TIMEOUT_MS } from '../process/time-limits.ts';

/*
 * One request at a time writes to an upload, whichever server it comes to: a client whose connection broke may be back
 * at another one while the first still holds what is left of it. The lock is an advisory lock of Postgres on one
 * connection a server, so that it goes with the server, whatever ended it; who waits asks its holder by NOTIFY to come
 * to an end.
 */

const CHANNEL = 'trumpet_upload_wanted';
/** How long a request waits for the one before it, as tus has it for a single server. */
const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 100;
/** Has Postgres find out within 20 s that a machine is gone: somebody may be waiting for its locks. */
const SESSION = { tcp_keepalives_idle: '5s', tcp_user_timeout: '20s' };

export interface UploadLocker extends Locker {
  close(): Promise<void>;
}

interface Held {
  /** On which connection; undefined while the lock is being taken. */
  readonly client?: pg.Client;
  readonly requestRelease?: RequestRelease;
}

/**
 * Locks uploads across servers. Connects when it is first needed, and again after the connection was lost; requests
 * that held a lock on it are asked to end, because another server may have it now.
 *
 * @param databaseUrl a login of the database; it needs no rights
 */
export function createUploadLocker(databaseUrl: string): UploadLocker {
  // Advisory locks let the same connection in twice, so the requests of this server wait for each other here.
  const held = new Map<string, Held>();
  let connection: Promise<pg.Client> | undefined;
  let closed = false;

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...keptConnection(databaseUrl, 'trumpet uploads', SESSION),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
    });
    client.on('error', () => {}); // `end` follows.
    client.on('notification', ({ payload = '' }) => void held.get(payload)?.requestRelease?.());
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return client;
  }

  function connected(): Promise<pg.Client> {
    if (connection !== undefined) {
      return connection;
    }
    const opened = connect();
    connection = opened;
    const forget = () => {
      if (connection === opened) {
        connection = undefined;
      }
    };
    opened.then((client) => {
      client.once('end', () => {
        forget();
        noteLost(client);
      });
    }, forget);
    return opened;
  }

  function noteLost(client: pg.Client): void {
    const lost = [...held.values()].filter((lock) => lock.client === client);
    if (!closed) {
      log.warn({ event: 'attachments.locks_lost', held: lost.length });
    }
    for (const { requestRelease } of lost) {
      void requestRelease?.();
    }
  }

  /** Asks Postgres. What a connection holds that fails is in doubt: it is given up. */
  async function ask(client: pg.Client, text: string, uploadId: string): Promise<boolean> {
    try {
      const { rows } = await client.query<{ done: boolean }>(text, [uploadId]);
      return rows[0]?.done === true;
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
  }

  /** @throws the database's error */
  async function tryLock(uploadId: string, requestRelease: RequestRelease): Promise<boolean> {
    held.set(uploadId, {});
    try {
      const client = await connected();
      if (await ask(client, `select pg_try_advisory_lock(${UPLOAD_LOCK_SQL}) as done`, uploadId)) {
        held.set(uploadId, { client, requestRelease });
        return true;
      }
      await ask(client, `select pg_notify('${CHANNEL}', $1)`, uploadId);
    } finally {
      if (held.get(uploadId)?.client === undefined) {
        held.delete(uploadId);
      }
    }
    return false;
  }

  function newLock(uploadId: string): Lock {
    return {
      async lock(stopSignal, requestRelease) {
        const giveUpAt = performance.now() + WAIT_LIMIT_MS;
        while (!stopSignal.aborted && performance.now() < giveUpAt) {
          const holder = held.get(uploadId);
          if (holder === undefined) {
            if (await tryLock(uploadId, requestRelease)) {
              return;
            }
          } else {
            await holder.requestRelease?.();
          }
          await wait(POLL_MS);
        }
        throw ERRORS.ERR_LOCK_TIMEOUT;
      },
      async unlock() {
        const client = held.get(uploadId)?.client;
        try {
          if (client !== undefined) {
            await ask(client, `select pg_advisory_unlock(${UPLOAD_LOCK_SQL}) as done`, uploadId);
          }
        } catch (error) {
          // It went with its connection.
          log.warn({ event: 'attachments.lock_not_released', uploadId, error });
        } finally {
          held.delete(uploadId);
        }
      },
    };
  }

  return {
    newLock,
    async close() {
      closed = true;
      const client = await connection?.catch(() => undefined);
      await client?.end();
    },
  };
}
