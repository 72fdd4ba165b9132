import { navigate } from 'wouter/use-browser-location';

/**
 * Shows what a notification that was chosen is about, when the service worker says it to this page. To be called before
 * the page waits for anything: a browser keeps what a worker says only until the page's first scripts have run.
 */
export function openWhatIsChosen(): void {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  container?.addEventListener('message', ({ data }) => {
    if (data?.kind === 'open') {
      navigate(String(data.address));
    }
  });
}
