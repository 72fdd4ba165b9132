import { TrumpetError } from '../../errors/codes.ts';
import { log } from '../../process/log.ts';
import type { Happening } from '../log/events.ts';
import type { Followers } from './followers.ts';
import type { Publication } from './publication.ts';
import { createQueue, type Queue } from './queue.ts';
import { type Results, sliceResults } from './results.ts';
import { executing } from './traced.ts';

interface ComputingOptions {
  readonly roomId: string;
  readonly results: Pick<Results, 'compute'>;
  readonly followers: Followers;
  readonly publication: Publication;
}

/** Computes what is appended, once for all followers, and publishes it in order. */
export function createComputing(options: ComputingOptions): Queue<Happening> {
  const { roomId, results, followers, publication } = options;

  async function work(events: readonly Happening[]): Promise<void> {
    if (!followers.all.values().some(({ state }) => state === 'live')) {
      publication.passOver(events);
      return;
    }
    const computed = await executing(events, () => results.compute(events));
    for (const { start, end } of sliceResults(computed)) {
      publication.publish(events.slice(start, end), computed.slice(start, end));
    }
  }

  return createQueue({
    work,
    onOverflow(dropped) {
      log.warn({ event: 'group.overflow', roomId, waiting: dropped.length });
      publication.leaveToReading(dropped);
    },
    onFailed(error, events) {
      log.error({ event: 'group.failed', roomId, error });
      followers.releaseAll(
        new TrumpetError('CONFLICT', 'The subscription broke off: subscribe again.'),
      );
      publication.passOver(events);
    },
  });
}
