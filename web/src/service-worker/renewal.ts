import { throwDefect } from '../../../client/src/errors.ts';
import { post, postJson } from '../../../client/src/http.ts';
import { tokensLock } from '../../../client/src/tokens-lock.ts';
import { MarkDeliveredDocument } from '../../../client/src/ui/delivery/generated.ts';
import { PushKeyDocument, SubscribeToPushDocument } from '../generated.ts';
import { pushOwner } from '../push/owner.ts';

declare const self: ServiceWorkerGlobalScope;

/** What `/session/refresh` answers, as far as it is used here. */
interface Session {
  readonly accessToken: string;
  readonly user: { readonly id: string };
}

/**
 * The browser has ended a subscription. The server is told the next one from here: a page may not be opened for days.
 * Where that fails, the next page does it when it starts.
 */
export function renewSubscription(given: PushSubscription | null): Promise<void> {
  return asOwner((accessToken) => register(given, accessToken));
}

/** Tells a room that a notification about its messages up to one has come. Where that fails, the next page does it. */
export function tellDelivered(roomId: string, seq: number): Promise<void> {
  const { origin } = self.location;
  const input = { positions: [{ roomId, seq: String(seq) }] };
  return asOwner((accessToken) => post(ask, origin, MarkDeliveredDocument, { input }, accessToken));
}

/** Does something as the person whose notifications come here, while they are signed in. */
async function asOwner(act: (accessToken: string) => Promise<unknown>): Promise<void> {
  try {
    const ownerId = await pushOwner();
    const session = ownerId === null ? null : await refreshSession();
    if (session !== null && session.user.id === ownerId) {
      await act(session.accessToken);
    }
  } catch (error) {
    throwDefect(error);
  }
}

/** The cookie says who is signed in. One at a time, with the pages that are open. */
function refreshSession(): Promise<Session> {
  const { origin } = self.location;
  return navigator.locks.request(tokensLock(origin), () =>
    postJson<Session>(ask, `${origin}/session/refresh`, {}),
  );
}

async function register(given: PushSubscription | null, accessToken: string): Promise<void> {
  const { origin } = self.location;
  const subscription = given ?? (await subscribe(accessToken));
  const { p256dh = '', auth = '' } = subscription?.toJSON().keys ?? {};
  if (subscription !== null) {
    const { endpoint } = subscription;
    const input = {
      subscription: { endpoint, keys: { p256dh, auth } },
      userAgent: navigator.userAgent,
    };
    await post(ask, origin, SubscribeToPushDocument, { input }, accessToken);
  }
}

async function subscribe(accessToken: string): Promise<PushSubscription | null> {
  const { vapidPublicKey } = await post(
    ask,
    self.location.origin,
    PushKeyDocument,
    {},
    accessToken,
  );
  return vapidPublicKey === null
    ? null
    : self.registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: vapidPublicKey,
      });
}

const ask = (address: string, init: RequestInit) => fetch(address, init);
