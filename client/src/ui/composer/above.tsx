import type { ReactNode } from 'react';
import { Drafts, type DraftsProps } from '../drafts/drafts.tsx';
import { Answers } from '../interactions/answers.tsx';

/** What stands above the composer: what was asked of bots, and what was written beside the draft. */
export default function Above(props: DraftsProps): ReactNode {
  return (
    <>
      <Answers {...props} />
      <Drafts {...props} />
    </>
  );
}
