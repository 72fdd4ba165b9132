import { type ReactNode, useEffect, useState } from 'react';
import { throwDefect } from '../../errors.ts';
import { useClient } from '../../react/index.ts';
import { useWords } from '../provider.tsx';
import { count, fill } from '../words/plural.ts';
import { GroupMentionPreviewDocument, type GroupMentionPreviewQuery } from './generated.ts';
import { groupWords } from './words.ts';

/** Nobody is asked for each letter. */
const PAUSE_MS = 300;

export interface MentionWarningProps {
  readonly roomId: string;
  readonly text: string;
}

/** What somebody should know of the names for many in a text before they send it: that they stand for many, or for nobody. */
export default function MentionWarning({ roomId, text }: MentionWarningProps): ReactNode {
  const client = useClient();
  const { language } = useWords();
  const words = groupWords(language);
  const [preview, setPreview] = useState<GroupMentionPreviewQuery | null>(null);
  const names = namesIn(text);
  useEffect(() => {
    let isCurrent = true;
    const ask = async () => {
      const told =
        names === ''
          ? null
          : await client.ask(GroupMentionPreviewDocument, { roomId, content: names });
      if (isCurrent) {
        setPreview(told);
      }
    };
    const waiting = setTimeout(() => ask().catch(throwDefect), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(waiting);
    };
  }, [client, roomId, names]);
  const warnAbove = preview?.room?.groupMentionWarning ?? 0;
  const warnings = (preview?.groupMentionPreview ?? []).flatMap(
    ({ name, peopleCount, isAllowed }) => {
      const values = { name: `@${name}` };
      if (!isAllowed) {
        return fill(words.notAllowed, values);
      }
      return peopleCount > warnAbove ? count(language, words.mentions, peopleCount, values) : [];
    },
  );
  return warnings.length === 0 ? null : (
    <span className="trumpet-mention-warning">{warnings.join(' ')}</span>
  );
}

/** Each word that may be a name, so that only another one is asked about. */
function namesIn(text: string): string {
  return (text.match(/@[\w.-]*\w/g) ?? []).join(' ');
}
