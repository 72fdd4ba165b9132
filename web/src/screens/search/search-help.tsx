import { useWords } from '../../words/words.tsx';
import { OPERATORS } from './operators.ts';

/** What can be typed, while nothing is. */
export function SearchHelp() {
  const { search: words } = useWords().screens;
  const rows = [
    ...OPERATORS.map(({ typed, means }) => [typed, words.operators[means]] as const),
    ['"…"', words.operators.phrase] as const,
    ['-…', words.operators.not] as const,
    ['… or …', words.operators.or] as const,
  ];
  return (
    <>
      <p className="trumpet-screen-note">{words.hint}</p>
      <dl className="trumpet-screen-numbers trumpet-screen-operators">
        {rows.map(([typed, means]) => (
          <div key={typed}>
            <dt>
              <code dir="ltr">{typed}</code>
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
