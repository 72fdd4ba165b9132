import type { ReactNode } from 'react';
import { useWords } from '../provider.tsx';
import { threadWords } from './words.ts';

/** Says in its thread that an answer stands in the room as well. */
export default function InRoomToo(): ReactNode {
  const words = threadWords(useWords().language);
  return <small className="trumpet-in-room-too">{words.alsoSentToRoom}</small>;
}
