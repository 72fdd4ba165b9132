import { serviceWorkerAddress } from './trusted.ts';
import { createValue } from './value.ts';

/** How often a page that stays open asks for a newer version, in milliseconds. */
const ASK_EVERY_MS = 60 * 60 * 1_000;

/** Whether a newer page is here and waits to be shown. */
export const hasUpdate = createValue(false);

let registration: ServiceWorkerRegistration | undefined;

/**
 * Lets the service worker keep the page for when there is no network. A newer one waits until `update` is called: a page
 * must not change under somebody who writes.
 */
export async function keepOffline(): Promise<void> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (container === undefined) {
    return; // Not over https, or a private window.
  }
  // The first worker takes over a page that is of its own build; any later one means a newer page.
  let isOfThisBuild = container.controller === null;
  container.addEventListener('controllerchange', () => {
    if (!isOfThisBuild) {
      location.reload();
    }
    isOfThisBuild = false;
  });
  try {
    registration = await container.register(serviceWorkerAddress(), { updateViaCache: 'none' });
  } catch {
    return; // Refused, as where cookies are blocked; or there is no network, and the next page tries.
  }
  watchForUpdate(registration);
  setInterval(() => void askForUpdate(), ASK_EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      void askForUpdate();
    }
  });
}

function watchForUpdate(registered: ServiceWorkerRegistration): void {
  const look = () => hasUpdate.set(registered.waiting !== null && registered.active !== null);
  look();
  registered.addEventListener('updatefound', () => {
    registered.installing?.addEventListener('statechange', look);
  });
}

async function askForUpdate(): Promise<void> {
  // Without a network it is asked again later.
  await registration?.update().catch(() => {});
}

/** Shows the newer page, in all tabs. */
export function update(): void {
  registration?.waiting?.postMessage('take over');
}
