import { useSyncExternalStore } from 'react';

/** Whether somebody looks at this page now, as far as the browser can tell. */
export function useIsAttentive(): boolean {
  return useSyncExternalStore(subscribe, isAttentive, () => false);
}

function isAttentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
    document.removeEventListener('visibilitychange', listener);
  };
}
