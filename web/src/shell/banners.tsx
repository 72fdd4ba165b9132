import { hasUpdate, update } from '../offline.ts';
import { PushOffer } from '../push/push-offer.tsx';
import { useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

/** What the page has to say by itself, above everything. */
export function Banners() {
  const words = useWords();
  const isUpdateThere = useView(hasUpdate);
  return (
    <div className="trumpet-shell-banners">
      {isUpdateThere && (
        <section className="trumpet-banner" role="status">
          <p>{words.newVersion}</p>
          <button
            type="button"
            className="trumpet-page-button"
            data-kind="primary"
            onClick={update}
          >
            {words.reload}
          </button>
        </section>
      )}
      <PushOffer />
    </div>
  );
}
