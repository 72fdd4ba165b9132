import type { ModerationAction } from '../../generated.ts';
import type { Words } from '../../words/en.ts';
import type { Format } from '../parts/format.ts';

/**
 * What an entry of the log says of its action. Where the server wrote it, in its own words ("words: hold", "30 seconds",
 * "upheld: a remark"), it is told in the person's language; what people wrote stays as it is.
 */
export function tellReason(
  action: ModerationAction,
  reason: string,
  words: Words['screens']['moderation'],
  { duration }: Format,
): string {
  switch (action) {
    case 'RULE_SET':
    case 'RULE_REMOVED': {
      const [kind, then] = reason.toUpperCase().split(': ');
      return `${nameOf(words.kinds, kind) ?? kind}: ${nameOf(words.actions, then) ?? then}`;
    }
    case 'SLOW_MODE_SET': {
      const seconds = Number.parseInt(reason, 10);
      return Number.isNaN(seconds) ? reason : duration(seconds);
    }
    case 'REPORT_RESOLVED': {
      const [status = '', ...remark] = reason.split(': ');
      const told = nameOf(words.reportStatuses, status.toUpperCase()) ?? status;
      return [told, remark.join(': ')].filter(Boolean).join(': ');
    }
    default:
      return reason;
  }
}

const nameOf = (names: Readonly<Record<string, string>>, key: string | undefined) =>
  key === undefined ? undefined : names[key];
