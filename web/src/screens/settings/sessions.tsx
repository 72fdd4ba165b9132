import { useLocation } from 'wouter';
import {
  EndSessionDocument,
  MySessionsDocument,
  type MySessionsQuery,
  SignOutEverywhereDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useFormat } from '../parts/format.ts';
import { deviceName } from './device-name.ts';

type Session = NonNullable<MySessionsQuery['sessions']>['nodes'][number];

/** Where the person is signed in. */
export function Sessions() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [, go] = useLocation();
  const sessions = usePages(MySessionsDocument, {}, (result) => result.sessions);
  return (
    <>
      <Paged
        pages={sessions}
        keyOf={({ id }) => id}
        empty={words.unknownDevice}
        label={words.sessionList}
      >
        {(session) => <SessionRow session={session} onEnded={sessions.again} />}
      </Paged>
      <div className="trumpet-screen-buttons">
        <ConfirmButton
          label={words.signOut}
          title={words.signOutTitle}
          text={words.signOutText}
          confirm={words.signOut}
          act={() => client.signOut()}
          onDone={() => go('/')}
        />
        <ConfirmButton
          label={words.signOutEverywhere}
          title={words.signOutEverywhereTitle}
          text={words.signOutEverywhereText}
          confirm={words.signOutEverywhere}
          act={async () => {
            await client.ask(SignOutEverywhereDocument, {});
            await client.signOut();
          }}
          onDone={() => go('/')}
        />
      </div>
    </>
  );
}

interface SessionRowProps {
  readonly session: Session;
  readonly onEnded: () => void;
}

function SessionRow({ session, onEnded }: SessionRowProps) {
  const { settings: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-row-name">
          {deviceName(session.userAgent) ?? words.unknownDevice}
        </p>
        <p className="trumpet-screen-row-about">
          {session.isCurrent && <span className="trumpet-screen-badge">{words.thisDevice}</span>}
          <span>{words.signedInSince(moment(session.createdAt))}</span>
          <span>{words.lastActive(moment(session.refreshedAt))}</span>
          <span>{words.methods[session.method]}</span>
        </p>
      </div>
      {!session.isCurrent && (
        <div className="trumpet-screen-row-end">
          <ConfirmButton
            label={words.endSession}
            title={words.endSessionTitle}
            text={words.endSessionText}
            confirm={words.endSession}
            act={() => client.ask(EndSessionDocument, { input: { sessionId: session.id } })}
            onDone={onEnded}
          />
        </div>
      )}
    </div>
  );
}
