import { Unsent } from 'trumpet-client/ui';
import { RoomBySlugDocument } from '../../generated.ts';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { ScreenFrame } from '../parts/screen-frame.tsx';
import { RoomRow } from './explore.tsx';

/** A room that the person is not in: what it is, and the way into it if there is one. */
export default function RoomLanding({ slug }: { readonly slug: string }) {
  const { noSuchPage, screens } = useWords();
  const asked = useAsked(RoomBySlugDocument, { slug });
  return (
    <ScreenFrame title={asked.value?.roomBySlug?.displayName ?? slug}>
      <Unsent />
      <Answered asked={asked}>
        {({ roomBySlug: room }) =>
          room === null ? (
            <p className="trumpet-screen-note">{noSuchPage}</p>
          ) : (
            <>
              <p className="trumpet-screen-note">{screens.room.notMember}</p>
              <RoomRow room={room} />
            </>
          )
        }
      </Answered>
    </ScreenFrame>
  );
}
