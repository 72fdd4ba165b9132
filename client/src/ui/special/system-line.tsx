import type { ReactNode } from 'react';
import type { ShownMessage } from '../../shown.ts';
import { usePersonName } from '../names.ts';
import { useWords } from '../provider.tsx';
import { systemMessageOf, systemText } from './system-text.ts';

export interface SystemLineProps {
  readonly message: Pick<ShownMessage, 'authorId' | 'content' | 'metadata'>;
}

/** What happened in a room, in one line: for lists and screen readers. */
export default function SystemLine({ message }: SystemLineProps): ReactNode {
  const { language } = useWords();
  const name = usePersonName(message.authorId);
  const system = systemMessageOf(message.metadata);
  return (system && systemText(language, system, name)) ?? message.content;
}
