import { PAGE_ADDRESSES } from '../../../src/http/page/addresses.ts';

declare const self: ServiceWorkerGlobalScope;

/** Written in by the build (web/build/service-worker.ts): all files of the page, and what tells this build from others. */
declare const PAGE_FILES: readonly string[];
declare const PAGE_VERSION: string;

/*
 * A page and its files are of one build. All of them are fetched when the worker is installed, and nothing else answers
 * for them until the next worker takes over, which a person is asked about (web/src/offline.ts). What is not a file of
 * the page, such as the API, goes to the network as if there were no worker.
 */

const CACHE_PREFIX = 'trumpet page ';
const CACHE = `${CACHE_PREFIX}${PAGE_VERSION}`;
const PAGE = '/';

export function keepPage(): void {
  const files = new Set(PAGE_FILES);

  self.addEventListener('install', (event) => event.waitUntil(fetchAll()));
  self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
  self.addEventListener('message', ({ data }) => {
    if (data === 'take over') {
      void self.skipWaiting();
    }
  });
  self.addEventListener('fetch', (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== 'GET' || origin !== self.location.origin) {
      return;
    }
    if (request.mode === 'navigate' ? PAGE_ADDRESSES.test(pathname) : files.has(pathname)) {
      event.respondWith(fromCache(request.mode === 'navigate' ? PAGE : pathname, request));
    }
  });
}

async function fetchAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Past the browser's own cache: a page of another build must not come in between.
  await cache.addAll(PAGE_FILES.map((path) => new Request(path, { cache: 'reload' })));
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHE_PREFIX) && name !== CACHE) {
      await caches.delete(name);
    }
  }
  await self.clients.claim();
}

/** A browser short of space may have dropped it. */
async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}
