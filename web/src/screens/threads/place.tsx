import { useMemo } from 'react';
import { count, Icon, threadsOf } from 'trumpet-client/ui';
import { Link, useRoute } from 'wouter';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { threadsWords } from './words.ts';

/** The way to the threads that the person follows, with a mark while something is unread there. */
export default function ThreadsPlace() {
  const client = useClient();
  const { language } = useWords().kit;
  const words = threadsWords(language);
  const { unreadThreadCount, mentionCount } = useView(useMemo(() => threadsOf(client), [client]));
  const [isHere] = useRoute('/threads');
  const isUnread = unreadThreadCount > 0;
  return (
    <Link
      href="/threads"
      aria-label={isUnread ? count(language, words.unreadThreads, unreadThreadCount) : words.title}
      aria-current={isHere ? 'page' : undefined}
    >
      <Icon name="thread" />
      {words.title}
      {isUnread && (
        <span
          className={`trumpet-badge trumpet-badge-${mentionCount > 0 ? 'mention' : 'unread'}`}
          aria-hidden="true"
        >
          {unreadThreadCount}
        </span>
      )}
    </Link>
  );
}
