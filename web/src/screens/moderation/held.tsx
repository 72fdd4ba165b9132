import {
  HeldMessagesDocument,
  RejectMessageDocument,
  ReleaseMessageDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { Refusal } from '../parts/refusal.tsx';
import type { ModerationProps } from './moderation-props.ts';

/** Messages that nobody else sees before a moderator has decided. */
export function Held({ room }: ModerationProps) {
  const { moderation: words } = useWords().screens;
  const client = useClient();
  const held = usePages(
    HeldMessagesDocument,
    { roomId: room.id },
    (result) => result.room?.heldMessages,
  );
  const releasing = useDoing(async (messageId: string) => {
    await client.ask(ReleaseMessageDocument, { input: { messageId } });
    held.again();
  });
  return (
    <>
      <Refusal error={releasing.error} />
      <Paged pages={held} keyOf={({ id }) => id} empty={words.noHeld} label={words.held}>
        {(message) => (
          <MessageRow message={message} showsBlocked>
            <button
              type="button"
              className="trumpet-screen-button-main"
              disabled={releasing.isUnderWay}
              onClick={() => releasing.run(message.id)}
            >
              {words.release}
            </button>
            <ConfirmButton
              label={words.reject}
              title={words.rejectTitle}
              text={words.rejectText}
              confirm={words.reject}
              act={() => client.ask(RejectMessageDocument, { input: { messageId: message.id } })}
              onDone={held.again}
            />
          </MessageRow>
        )}
      </Paged>
    </>
  );
}
