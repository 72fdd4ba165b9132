import { Link, useLocation } from 'wouter';
import { ModerationLogDocument, type ModerationLogQuery } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useFormat } from '../parts/format.ts';
import { PersonName } from '../parts/person.tsx';
import { tellReason } from './log-reason.ts';
import type { ModerationProps } from './moderation-props.ts';

type Entry = NonNullable<ModerationLogQuery['room']>['moderationLog']['nodes'][number];

/** Who did what to whom, and why. */
export function Log({ room }: ModerationProps) {
  const { moderation: words } = useWords().screens;
  const entries = usePages(
    ModerationLogDocument,
    { roomId: room.id },
    (result) => result.room?.moderationLog,
  );
  return (
    <Paged pages={entries} keyOf={({ id }) => id} empty={words.noLog} label={words.log}>
      {(entry) => <EntryRow entry={entry} />}
    </Paged>
  );
}

function EntryRow({ entry }: { readonly entry: Entry }) {
  const { screens } = useWords();
  const { moderation: words } = screens;
  const format = useFormat();
  const { moment } = format;
  const [location] = useLocation();
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p>
          {entry.moderator === null ? (
            <span>{screens.automatic}</span>
          ) : (
            <PersonName person={entry.moderator} />
          )}{' '}
          {words.logActions[entry.action]}{' '}
          {entry.targetUser && <PersonName person={entry.targetUser} />}
        </p>
        <p className="trumpet-screen-row-about">
          <time dateTime={entry.createdAt}>{moment(entry.createdAt)}</time>
          {entry.expiresAt && <span>{screens.until(moment(entry.expiresAt))}</span>}
          {entry.reason && <bdi>{tellReason(entry.action, entry.reason, words, format)}</bdi>}
          {entry.targetMessageId && (
            <Link href={`${location}?panel=message:${entry.targetMessageId}`}>
              {words.theMessage}
            </Link>
          )}
        </p>
      </div>
    </div>
  );
}
