import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { IconButton } from '../icon-button.tsx';
import { useWords } from '../provider.tsx';
import { untilLoaded } from '../until-loaded.ts';
import { codeWords } from './words.ts';

const Highlighted = lazy(() =>
  untilLoaded(async () => {
    const { highlighted } = await import('./highlight.tsx');
    return {
      default: ({ language, code }: Required<CodeBlockProps>) => highlighted(language, code),
    };
  }),
);

export interface CodeBlockProps {
  readonly code: string;
  /** As its author named it, behind the fence. */
  readonly language?: string | undefined;
}

const COPIED_LASTS_MS = 2_000;

/** Code in the colours of its language, with a button that copies it as it was written. */
export default function CodeBlock({ code, language }: CodeBlockProps): ReactNode {
  const said = codeWords(useWords().language);
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) {
      return undefined;
    }
    const timer = setTimeout(() => setIsCopied(false), COPIED_LASTS_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <div className="trumpet-code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0} dir="ltr">
        <code>
          {language === undefined ? (
            code
          ) : (
            <Suspense fallback={code}>
              <Highlighted language={language} code={code} />
            </Suspense>
          )}
        </code>
      </pre>
      <div className="trumpet-code-bar" dir="ltr">
        {language !== undefined && <small dir="ltr">{language}</small>}
        <span role="status">{isCopied && said.copied}</span>
        <IconButton
          icon={isCopied ? 'check' : 'copy'}
          label={said.copy}
          onClick={() => {
            // Without its last line end, which only ends the fence.
            navigator.clipboard
              ?.writeText(code.replace(/\n$/, ''))
              .then(() => setIsCopied(true), throwDefect);
          }}
        />
      </div>
    </div>
  );
}
