import { RoomBansDocument, type RoomBansQuery, UnbanMemberDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useFormat } from '../parts/format.ts';
import { useMembersView } from '../parts/live.ts';
import { PersonName, PersonRow } from '../parts/person.tsx';
import type { ModerationProps } from './moderation-props.ts';

type RoomBan = NonNullable<RoomBansQuery['room']>['bans']['nodes'][number];

/** Who is kept out of a room. */
export function Bans({ room }: ModerationProps) {
  const { moderation: words } = useWords().screens;
  const bans = usePages(
    RoomBansDocument,
    { roomId: room.id },
    (result) => result.room?.bans,
    useMembersView(room.id),
  );
  return (
    <Paged pages={bans} keyOf={({ userId }) => userId} empty={words.noBans} label={words.bans}>
      {(ban) => <BanRow room={room} ban={ban} onLifted={bans.again} />}
    </Paged>
  );
}

interface BanRowProps extends ModerationProps {
  readonly ban: RoomBan;
  readonly onLifted: () => void;
}

function BanRow({ room, ban, onLifted }: BanRowProps) {
  const { screens } = useWords();
  const { moderation: words } = screens;
  const { moment } = useFormat();
  const client = useClient();
  const isOver = ban.expiresAt !== null && Date.parse(ban.expiresAt) <= Date.now();
  const end = ban.expiresAt === null ? screens.forever : screens.until(moment(ban.expiresAt));
  return (
    <PersonRow
      person={ban.user}
      about={
        <>
          <span>
            {words.bannedBy} <PersonName person={ban.moderator} />
          </span>
          <span>{isOver ? words.banOver : end}</span>
          {ban.reason && <bdi>{ban.reason}</bdi>}
        </>
      }
    >
      {!isOver && (
        <ConfirmButton
          label={words.lift}
          title={words.liftTitle(ban.user.displayName)}
          text={words.liftText}
          confirm={words.lift}
          isDestructive={false}
          act={() =>
            client.ask(UnbanMemberDocument, { input: { roomId: room.id, userId: ban.userId } })
          }
          onDone={onLifted}
        />
      )}
    </PersonRow>
  );
}
