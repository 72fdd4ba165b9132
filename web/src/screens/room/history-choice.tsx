import { HistoryChoicesDocument, type HistoryVisibility } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import { useAsked } from '../parts/asked.ts';
import { Choice } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';

const VISIBILITIES = [
  'EVERYTHING',
  'SINCE_JOINING',
] as const satisfies readonly HistoryVisibility[];

interface VisibilityChoiceProps {
  readonly value: HistoryVisibility;
  readonly hint?: string;
  readonly error?: unknown;
  readonly isDisabled?: boolean;
  readonly onChange: (value: HistoryVisibility) => void;
}

/** What whoever joins a room sees of what was written before. */
export function VisibilityChoice(props: VisibilityChoiceProps) {
  const { room: words } = useWords().screens;
  return (
    <Choice
      {...props}
      label={words.historyVisibility}
      hint={props.hint ?? words.historyVisibilityHint}
      options={VISIBILITIES.map((each) => [each, words.historyVisibilities[each]] as const)}
    />
  );
}

interface HistoryChoiceProps {
  readonly roomId: string;
  /** The message from which on they see the room; empty: as the room has it, or everything. */
  readonly value: string;
  /** Of somebody who is a member already, nothing else can be chosen than more. */
  readonly isMember?: boolean;
  readonly onChange: (messageId: string) => void;
}

/** From which message on somebody sees a room: the first, or one of the newest. */
export function HistoryChoice({ roomId, value, isMember = false, onChange }: HistoryChoiceProps) {
  const { room: words } = useWords().screens;
  const format = useFormat();
  const asked = useAsked(HistoryChoicesDocument, { roomId });
  const room = asked.value?.room;
  const oldest = room?.oldest.nodes[0]?.id;
  const isAll = room?.viewerMembership?.seesFromSeq == null;
  const all = isAll ? words.historyVisibilities.EVERYTHING : words.allYouSee;
  const ofRoom = room && words.asTheRoomHasIt(words.historyVisibilities[room.historyVisibility]);
  return (
    <Choice
      label={words.seesFrom}
      value={value}
      options={[
        ['', isMember ? all : (ofRoom ?? '')],
        ...(oldest === undefined || isMember ? [] : [[oldest, all] as const]),
        ...(room?.messages.nodes ?? [])
          .filter(({ id }) => id !== oldest)
          .map(
            ({ id, createdAt, content, author }) =>
              [
                id,
                words.seesFromMessage(
                  format.moment(createdAt),
                  author?.displayName ?? '',
                  (content ?? '').replaceAll(/\s+/g, ' ').slice(0, 60),
                ),
              ] as const,
          ),
      ]}
      onChange={onChange}
    />
  );
}
