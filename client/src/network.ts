/**
 * Calls when a network that was away may be back: the browser says so, or the page is looked at again, as after a sleep.
 * Elsewhere nothing says so: the app calls `hurry`.
 *
 * @returns what ends it
 */
export function watchNetwork(onBack: () => void): () => void {
  const { window, document } = globalThis;
  if (window === undefined || document === undefined) {
    return () => {};
  }
  const look = () => {
    if (document.visibilityState === 'visible') {
      onBack();
    }
  };
  window.addEventListener('online', onBack);
  document.addEventListener('visibilitychange', look);
  return () => {
    window.removeEventListener('online', onBack);
    document.removeEventListener('visibilitychange', look);
  };
}
