import type { Delivery, PreparedSend, RefusedDelivery } from './channel.ts';
import { EndpointRefusedError } from './endpoint-guard.ts';
import {
  type Answer,
  type GuardedClient,
  type GuardedRequest,
  UnansweredError,
} from './guarded-request.ts';

/** A send that is one HTTPS request, of which the body is what is held back. */
export function guardedSend(
  client: GuardedClient,
  request: GuardedRequest,
  deliveryOf: (answer: Answer) => Delivery,
): PreparedSend {
  return {
    async open() {
      try {
        const opened = await client.open(request);
        return {
          finish: () => opened.finish().then(deliveryOf, deliveryOfFailure),
          abandon: () => opened.abandon(),
        };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function refusalOf(error: unknown): RefusedDelivery {
  if (error instanceof EndpointRefusedError) {
    // Its name leads somewhere else now than a push service's does.
    return { outcome: 'refused', cause: 'address_refused' };
  }
  if (error instanceof UnansweredError) {
    return { outcome: 'refused', cause: 'not_reached' };
  }
  throw error;
}

/** What it means that there was no answer. */
function deliveryOfFailure(error: unknown): Delivery {
  return error instanceof UnansweredError && !error.unsent
    ? { outcome: 'failed', cause: 'not_answered' }
    : refusalOf(error);
}
