import { count, fill } from '../words/plural.ts';
import { lengthOfTime } from './length-of-time.ts';
import { specialWords } from './words.ts';

/** What a message of type SYSTEM tells. docs/concepts/message-kinds.md has the shape. */
export interface SystemMessage {
  readonly kind: string;
  readonly messageId?: string | null;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly retentionDays?: number | null;
  readonly disappearAfterSeconds?: number | null;
}

/** The system message that metadata has, or undefined where it is none. */
export function systemMessageOf(metadata: unknown): SystemMessage | undefined {
  const found = (metadata as { system?: { kind?: unknown } } | null)?.system;
  return typeof found?.kind === 'string' ? (found as SystemMessage) : undefined;
}

/**
 * What happened in a room, in the language of whoever reads; undefined for a kind that is not known here, as one of a newer
 * server: its message has a text in English.
 *
 * @param name of its author
 */
export function systemText(
  language: string,
  system: SystemMessage,
  name: string,
): string | undefined {
  const said = specialWords(language);
  const { retentionDays: days, disappearAfterSeconds: seconds } = system;
  switch (system.kind) {
    case 'MEMBER_JOINED':
      return fill(said.joined, { name });
    case 'MEMBER_LEFT':
      return fill(said.left, { name });
    case 'RENAMED':
      return fill(said.renamed, { name, value: system.name ?? '' });
    case 'BECAME_ROOM':
      return fill(said.becameRoom, { name, value: system.name ?? '' });
    case 'DESCRIPTION_CHANGED':
      return system.description == null
        ? fill(said.undescribed, { name })
        : fill(said.described, { name, value: system.description });
    case 'MESSAGE_PINNED':
      return fill(said.pinned, { name });
    case 'RETENTION_CHANGED':
      return days == null
        ? fill(said.keptAsUsual, { name })
        : days === 0
          ? fill(said.keptForEver, { name })
          : count(language, said.keptForDays, days, { name });
    case 'DISAPPEARING_CHANGED':
      return seconds == null
        ? fill(said.notDisappearing, { name })
        : fill(said.disappearing, { name, value: lengthOfTime(language, seconds) });
    default:
      return undefined;
  }
}
