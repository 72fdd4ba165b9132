import { createAddressSignature } from '../addresses/signature.ts';
import { wallClockMs } from '../process/clock.ts';

/** What of an attachment an address leads to. */
export const ATTACHMENT_PARTS = ['file', 'thumbnail'] as const;
export type AttachmentPart = (typeof ATTACHMENT_PARTS)[number];

/** The longest that an address works. Whoever loses their right to a file can use what they hold for this long. */
export const ADDRESS_LIFETIME_S = 300;
/**
 * Addresses made within the same minute are the same, so that a page that asks again finds its pictures in the
 * browser's cache. An address works for four to five minutes.
 */
const ADDRESS_STEP_S = 60;

export interface VerifiedAddress {
  /** The seconds that are left. */
  readonly lifetime_s: number;
  /** Whether it also works while the message is held. */
  readonly isForHeld: boolean;
}

export interface AddressSigner {
  /**
   * The path and query at which the server gives out a file, from now on for up to five minutes.
   *
   * @param isHeld whether its message is held: the address is for one of the few who see it, and works meanwhile
   */
  sign(attachmentId: string, part: AttachmentPart, isHeld: boolean): string;
  /** For how long an address still works, and for whom it is; undefined when it does not, whatever the reason. */
  verify(
    attachmentId: string,
    part: AttachmentPart,
    query: Readonly<Record<string, unknown>>,
  ): VerifiedAddress | undefined;
}

/**
 * Makes addresses that whoever holds them can fetch from, for a while: a picture in a page sends no token. The right
 * to the file is checked when the address is made, by the policies of the row that it is made from; live events are
 * computed once for all members of a room and sent to members only, so an address names no viewer. While a message is
 * held, only the addresses work that were made meanwhile, for those who see it then.
 *
 * @param secret any text of 32 bytes or more; a key for this purpose alone is derived from it
 * @param now the time in milliseconds, for tests
 */
export function createAddressSigner(
  secret: string,
  now: () => number = wallClockMs,
): AddressSigner {
  const signatures = createAddressSignature(secret, 'trumpet attachment addresses');
  const signed = (attachmentId: string, part: AttachmentPart, expires: number, isHeld: boolean) =>
    `${attachmentId}/${part}/${expires}${isHeld ? '/held' : ''}`;

  return {
    sign(attachmentId, part, isHeld) {
      const step = Math.floor(now() / 1_000 / ADDRESS_STEP_S);
      const expires = step * ADDRESS_STEP_S + ADDRESS_LIFETIME_S;
      const signature = signatures.of(signed(attachmentId, part, expires, isHeld));
      const address = `/attachments/${attachmentId}/${part}?expires=${expires}&signature=${signature}`;
      return isHeld ? `${address}&held=true` : address;
    },
    verify(attachmentId, part, { expires, signature, held }) {
      if (typeof expires !== 'string' || !/^\d{1,12}$/.test(expires)) {
        return undefined;
      }
      const isForHeld = held === 'true';
      if (!signatures.isOf(signed(attachmentId, part, Number(expires), isForHeld), signature)) {
        return undefined;
      }
      const lifetime_s = Number(expires) - Math.floor(now() / 1_000);
      return lifetime_s > 0 ? { lifetime_s, isForHeld } : undefined;
    },
  };
}
