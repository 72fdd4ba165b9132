import { hasUpdate, update } from '../offline.ts';
import { PushOffer } from '../push/push-offer.tsx';
import { useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

/** What the page has to say by itself, above everything. */
export function Banners() {
  return (
    <div className="trumpet-shell-banners">
      <UpdateBanner />
      <PushOffer />
    </div>
  );
}

/** Offers the newer page that has come. */
export function UpdateBanner() {
  const words = useWords();
  return (
    useView(hasUpdate) && (
      <section className="trumpet-banner" role="status">
        <p>{words.newVersion}</p>
        <button type="button" className="trumpet-page-button" data-kind="primary" onClick={update}>
          {words.reload}
        </button>
      </section>
    )
  );
}
