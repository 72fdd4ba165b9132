import type { ReactNode } from 'react';
import { useWords } from '../../words/words.tsx';
import type { Asked, Pages } from './asked.ts';
import { Refusal } from './refusal.tsx';

interface AnsweredProps<T> {
  readonly asked: Asked<T>;
  readonly children: (value: T) => ReactNode;
}

/** What was asked for; while it is not there, that it is on its way, or why it did not come. */
export function Answered<T>({ asked, children }: AnsweredProps<T>) {
  const { loading } = useWords();
  const { value, error, isAsking, again } = asked;
  return (
    <>
      <Refusal error={error} onAgain={again} />
      {value !== undefined
        ? children(value)
        : isAsking && (
            <p className="trumpet-screen-note" role="status">
              {loading}
            </p>
          )}
    </>
  );
}

interface PagedProps<T> {
  readonly pages: Pages<T>;
  readonly keyOf: (item: T) => string;
  /** What a list says that has nothing in it. */
  readonly empty: ReactNode;
  readonly label: string;
  readonly children: (item: T) => ReactNode;
}

/** A list, and a button for more of it. */
export function Paged<T>({ pages, keyOf, empty, label, children }: PagedProps<T>) {
  const { loading, screens } = useWords();
  return (
    <Answered asked={pages}>
      {(items) =>
        items.length === 0 ? (
          <p className="trumpet-screen-note">{empty}</p>
        ) : (
          <>
            <ul className="trumpet-screen-list" aria-label={label} aria-busy={pages.isAsking}>
              {items.map((item) => (
                <li key={keyOf(item)}>{children(item)}</li>
              ))}
            </ul>
            {pages.hasMore && (
              <button type="button" onClick={pages.more} disabled={pages.isAsking}>
                {pages.isAsking ? loading : screens.more}
              </button>
            )}
          </>
        )
      }
    </Answered>
  );
}
