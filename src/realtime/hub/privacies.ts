import { log } from '../../process/log.ts';
import { type Privacy, type PrivacyOf, privacyKey, type ReadPrivacy } from '../log/privacy.ts';

/** What those hide who listen here: each subscription is made for what its person hid when it began. */
export interface Privacies {
  /** Reads what a person hides. From now on `onChanged` is called once they hide something else, until `unwatch` is. */
  watch(userId: string, onChanged: () => void): PrivacyWatch;
  /** What a person hides now. May be told more than once. */
  hear(privacy: PrivacyOf): void;
}

export interface PrivacyWatch {
  readonly privacy: Promise<Privacy>;
  unwatch(): void;
}

interface Watched {
  readonly privacy: Promise<Privacy>;
  readonly onChanged: () => void;
}

export function createPrivacies(read: ReadPrivacy): Privacies {
  const people = new Map<string, Set<Watched>>();

  async function compare(watched: Watched, now: PrivacyOf): Promise<void> {
    const before = await watched.privacy;
    const isNewer = (now.changedAt ?? 0) > (before.changedAt ?? 0);
    if (isNewer && privacyKey(now) !== privacyKey(before)) {
      watched.onChanged();
    }
  }

  return {
    watch(userId, onChanged) {
      const watched: Watched = { privacy: read(userId), onChanged };
      const ofPerson = people.get(userId) ?? new Set();
      people.set(userId, ofPerson.add(watched));
      return {
        privacy: watched.privacy,
        unwatch() {
          ofPerson.delete(watched);
          if (ofPerson.size === 0 && people.get(userId) === ofPerson) {
            people.delete(userId);
          }
        },
      };
    },
    hear(privacy) {
      for (const watched of people.get(privacy.userId) ?? []) {
        compare(watched, privacy).catch((error) => {
          log.error({ event: 'hub.privacy_failed', error });
        });
      }
    },
  };
}
