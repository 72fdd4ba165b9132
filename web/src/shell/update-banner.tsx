import { hasUpdate, update } from '../offline.ts';
import { useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

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
