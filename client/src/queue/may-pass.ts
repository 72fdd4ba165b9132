import { NetworkError, TrumpetError } from '../errors.ts';

/** How often what fails without a reason is tried: it may be the server's restart, or a defect that stays. */
const UNEXPECTED_LIMIT = 8;

/** The server says that the same may be asked again. */
const PASSING: ReadonlySet<string> = new Set(['RATE_LIMITED', 'SLOW_MODE', 'BUSY', 'INTERRUPTED']);

/**
 * Whether the same may be asked again with another answer: nobody has refused it.
 *
 * @param failures how often it has failed before; `Infinity`: what fails without a reason is not tried again
 * @throws what neither the network nor the server may do
 */
export function mayPass(error: unknown, failures = 0): boolean {
  if (error instanceof NetworkError) {
    return true;
  }
  if (!(error instanceof TrumpetError)) {
    throw error;
  }
  return PASSING.has(error.code) || (error.code === 'UNEXPECTED' && failures < UNEXPECTED_LIMIT);
}
