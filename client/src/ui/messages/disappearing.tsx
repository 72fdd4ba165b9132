import type { ReactNode } from 'react';
import { momentOf, timeOf } from '../dates.ts';
import { Icon } from '../icons.tsx';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';

const WORDS: Readonly<Record<string, string>> = {
  en: 'Disappears {moment}',
  de: 'Verschwindet: {moment}',
  ar: 'تختفي {moment}',
  ja: '{moment}に消えます',
};

/** Within so long, the time of the day says which day it is. */
const SOON_MS = 20 * 3_600_000;

/** Says of a message when it disappears. */
export default function Disappearing({ at }: { readonly at: string }): ReactNode {
  const words = useWords();
  const said = (WORDS[words.language.split('-', 1)[0] as string] ?? WORDS.en) as string;
  const isSoon = Date.parse(at) - Date.now() < SOON_MS;
  return (
    <span className="trumpet-disappearing" title={momentOf(words, at)}>
      <Icon name="clock" /> {fill(said, { moment: (isSoon ? timeOf : momentOf)(words, at) })}
    </span>
  );
}
