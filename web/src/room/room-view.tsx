import { Conversation, useNameOfRoom } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import { Place, Sign } from '../shell/places.tsx';
import { useTitle } from '../shell/title.ts';
import { useWords } from '../words/words.tsx';
import { useMoreActions } from './more-actions.ts';

export interface RoomViewProps {
  readonly roomId: string;
  /** The message to show first. */
  readonly seq: number | undefined;
}

/** A room, with what the page knows to lead on to. What stands beside it is named in the address. */
export default function RoomView({ roomId, seq }: RoomViewProps) {
  const words = useWords();
  const [location, go] = useLocation();
  const moreActions = useMoreActions(roomId);
  const name = useNameOfRoom(roomId);
  useTitle(`${name} · ${words.appName}`);
  return (
    <>
      <h1 className="trumpet-hidden">{words.appName}</h1>
      <Conversation
        roomId={roomId}
        seq={seq}
        moreActions={moreActions}
        onOpenThread={(messageId) => go(`${location}?panel=thread:${messageId}`)}
        onOpenRoom={() => go(`${location}?panel=about`)}
        onBack={() => go('/')}
        onSearch={() => go(`/search?room=${roomId}`)}
        tools={
          <Place href={`${location}?panel=about`} label={words.openPanel}>
            <Sign name="about" />
          </Place>
        }
      />
    </>
  );
}
