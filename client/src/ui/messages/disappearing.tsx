import type { ReactNode } from 'react';
import { momentOf } from '../dates.ts';
import { Icon } from '../icons.tsx';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';

const WORDS: Readonly<Record<string, string>> = {
  en: 'Disappears {moment}',
  de: 'Verschwindet: {moment}',
  ar: 'تختفي {moment}',
  ja: '{moment}に消えます',
};

/** Says of a message when it disappears. */
export default function Disappearing({ at }: { readonly at: string }): ReactNode {
  const words = useWords();
  const said = (WORDS[words.language.split('-', 1)[0] as string] ?? WORDS.en) as string;
  return (
    <span className="trumpet-disappearing">
      <Icon name="clock" /> {fill(said, { moment: momentOf(words, at) })}
    </span>
  );
}
