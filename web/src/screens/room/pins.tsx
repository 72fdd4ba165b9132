import { messageAddress } from '../../addresses.ts';
import { RoomPinsDocument, UnpinMessageDocument } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { useMay, usePinsView } from '../parts/live.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { RoomPanel } from './room-panel.tsx';

/** What was pinned in a room. */
export default function Pins({ roomId }: PanelProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const may = useMay(roomId);
  const pins = usePages(
    RoomPinsDocument,
    { roomId },
    (result) => result.room?.pinnedMessages,
    usePinsView(roomId),
  );

  const unpinning = useDoing(async (messageId: string) => {
    await client.ask(UnpinMessageDocument, { input: { messageId } });
    pins.again();
  });

  return (
    <RoomPanel roomId={roomId} section="pins">
      {(room) => (
        <>
          <Refusal error={unpinning.error} />
          <Paged pages={pins} keyOf={({ id }) => id} empty={words.noPins} label={words.pins}>
            {(message) => (
              <MessageRow message={message} address={messageAddress(room, Number(message.seq))}>
                {may('PIN_MESSAGES') && (
                  <button
                    type="button"
                    disabled={unpinning.isUnderWay}
                    onClick={() => unpinning.run(message.id)}
                  >
                    {words.unpin}
                  </button>
                )}
              </MessageRow>
            )}
          </Paged>
        </>
      )}
    </RoomPanel>
  );
}
