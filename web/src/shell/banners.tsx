import { PushOffer } from '../push/push-offer.tsx';
import { useClient, useView } from '../trumpet.tsx';
import { createValue } from '../value.ts';
import { useWords } from '../words/words.tsx';
import { UpdateBanner } from './update-banner.tsx';

/** What the page has to say by itself, above everything. */
export function Banners() {
  return (
    <div className="trumpet-shell-banners">
      <UpdateBanner />
      <NotKeptBanner />
      <PushOffer />
    </div>
  );
}

const isNotKeptKnown = createValue(false);

/** Says once that this device keeps nothing. */
function NotKeptBanner() {
  const words = useWords();
  const { isKept, viewerId } = useClient();
  useView(viewerId); // With who signs in it may change.
  const isKnown = useView(isNotKeptKnown);
  return (
    !isKept &&
    !isKnown && (
      <section className="trumpet-banner" role="status">
        <p>{words.notKept}</p>
        <button
          type="button"
          className="trumpet-page-button"
          onClick={() => isNotKeptKnown.set(true)}
        >
          {words.close}
        </button>
      </section>
    )
  );
}
