import { TrumpetError } from '../errors.ts';
import type { Pauses } from '../pauses.ts';
import type { Action, QueuedFile } from '../queue/actions.ts';
import type { QueueInput } from '../queue/inputs.ts';
import { mayPass } from '../queue/may-pass.ts';
import { filesOf, type Queue } from '../queue/queue.ts';
import { retryAfter } from '../queue/sender.ts';
import type { Session } from '../session.ts';
import { GIVEN_UP, upload } from './upload.ts';

/** Uploads the files in the queue: of each room one at a time, in its order. */
export interface Uploader {
  /** Looks whether there is something to upload, or to give up. */
  look(): void;
  /** Ends when nothing is under way; the pauses have to be ended too. */
  close(): Promise<void>;
}

export interface UploaderOptions {
  readonly url: string;
  readonly session: Session;
  readonly queue: Queue;
  readonly dispatch: (input: QueueInput) => void;
  /** So many bytes of a file are uploaded. */
  readonly onProgress: (fileId: string, bytes: number) => void;
  readonly pauses: Pauses;
}

/** Who has to wait longer, as for the limit of a day, is told so. */
const LONGEST_WAIT_MS = 60_000;

interface UnderWay {
  readonly actionId: string;
  readonly fileId: string;
  readonly ending: AbortController;
}

export function createUploader(options: UploaderOptions): Uploader {
  const { url, session, queue, dispatch, onProgress, pauses } = options;
  const rooms = new Map<string, Promise<void>>();
  const underWay = new Set<UnderWay>();
  let isClosed = false;

  const isWanted = ({ actionId, fileId }: UnderWay) => {
    const action = queue.get(actionId);
    return action !== undefined && filesOf(action).some(({ id }) => id === fileId);
  };

  async function uploadFile(action: Action, file: QueuedFile): Promise<void> {
    const { id: fileId } = file;
    const blob = queue.blob(fileId);
    if (blob === undefined) {
      throw new TrumpetError('FILE_LOST', `The device has “${file.name}” no more.`);
    }
    const token = await session.accessToken();
    const now = { actionId: action.id, fileId, ending: new AbortController() };
    const tell = (uploadUrl: string, uploadedAt: number | null) => {
      if (!isClosed && isWanted(now)) {
        dispatch({ kind: 'file', id: action.id, fileId, uploadUrl, uploadedAt });
      }
    };
    underWay.add(now);
    try {
      const uploadUrl = await upload({
        url,
        token,
        blob,
        metadata: {
          filename: file.name,
          filetype: file.type,
          ...(action.deed.kind === 'send' && action.deed.keepsOriginals && { original: 'true' }),
        },
        uploadUrl: file.uploadUrl,
        onUrl: (begun) => tell(begun, null),
        onProgress: (bytes) => onProgress(fileId, bytes),
        signal: now.ending.signal,
      });
      tell(uploadUrl, Date.now());
    } catch (error) {
      if (error instanceof TrumpetError && error.code === 'UNAUTHENTICATED') {
        await session.refresh(token);
      }
      throw error;
    } finally {
      underWay.delete(now);
    }
  }

  async function uploadRoom(roomId: string): Promise<void> {
    let failures = 0;
    for (;;) {
      const next = queue.nextFile(roomId);
      if (next === undefined || isClosed) {
        return;
      }
      const { action, file } = next;
      try {
        await uploadFile(action, file);
        failures = 0;
      } catch (error) {
        if (queue.get(action.id) === undefined || isClosed) {
          continue; // Given up.
        }
        if (isUnauthenticated(error) && session.userId === null) {
          return; // Nobody is signed in.
        }
        if (isUnauthenticated(error) || mayPassSoon(error, failures)) {
          await pauses.after(failures, retryAfter(error));
          failures += 1;
        } else {
          const { code, message } = error as TrumpetError;
          dispatch({
            kind: 'file',
            id: action.id,
            fileId: file.id,
            uploadUrl: null,
            uploadedAt: null,
          });
          dispatch({ kind: 'refused', id: action.id, refusal: { code, message } });
        }
      }
    }
  }

  return {
    look() {
      for (const now of underWay) {
        if (!isWanted(now)) {
          now.ending.abort(GIVEN_UP);
        }
      }
      for (const roomId of isClosed ? [] : queue.roomsWithFiles()) {
        if (!rooms.has(roomId)) {
          rooms.set(
            roomId,
            uploadRoom(roomId).finally(() => rooms.delete(roomId)),
          );
        }
      }
    },
    async close() {
      isClosed = true;
      for (const { ending } of underWay) {
        ending.abort();
      }
      await Promise.allSettled(rooms.values());
    },
  };
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof TrumpetError && error.code === 'UNAUTHENTICATED';
}

function mayPassSoon(error: unknown, failures: number): boolean {
  return mayPass(error, failures) && (retryAfter(error) ?? 0) <= LONGEST_WAIT_MS;
}
