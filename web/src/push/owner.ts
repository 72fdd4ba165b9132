/*
 * Whose notifications come to this browser, kept where the page and its service worker can both read it. Whoever else
 * signs in here has not asked for any.
 */

const CACHE = 'trumpet push';
const OWNER = '/push/owner';

export async function pushOwner(): Promise<string | null> {
  const cache = await caches.open(CACHE);
  return (await (await cache.match(OWNER))?.text()) ?? null;
}

export async function setPushOwner(userId: string): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(OWNER, new Response(userId));
}

export async function forgetPushOwner(): Promise<void> {
  await caches.delete(CACHE);
}
