import { useState } from 'react';
import {
  CreateInvitationDocument,
  RevokeInvitationDocument,
  RoomInvitationsDocument,
  type RoomInvitationsQuery,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { DurationChoice } from '../parts/durations.tsx';
import { Form, Switch, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { PersonName } from '../parts/person.tsx';
import { invitationAddress } from '../rooms/invitation.tsx';
import { RoomPanel } from './room-panel.tsx';

type Invitation = NonNullable<RoomInvitationsQuery['room']>['invitations']['nodes'][number];

const WEEK_S = 604_800;

/** The links that let people into a room. */
export default function Invitations({ roomId }: PanelProps) {
  const { room: words } = useWords().screens;
  const invitations = usePages(
    RoomInvitationsDocument,
    { roomId },
    (result) => result.room?.invitations,
  );
  return (
    <RoomPanel roomId={roomId} section="invitations">
      {() => (
        <>
          <NewInvitation roomId={roomId} onMade={invitations.again} />
          <Paged
            pages={invitations}
            keyOf={({ id }) => id}
            empty={words.noInvitations}
            label={words.invitations}
          >
            {(invitation) => (
              <InvitationRow invitation={invitation} onRevoked={invitations.again} />
            )}
          </Paged>
        </>
      )}
    </RoomPanel>
  );
}

interface NewInvitationProps {
  readonly roomId: string;
  readonly onMade: () => void;
}

function NewInvitation({ roomId, onMade }: NewInvitationProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const [seconds, setSeconds] = useState<number | null>(WEEK_S);
  const [maxUses, setMaxUses] = useState('');
  const [allowsGuests, setAllowsGuests] = useState(false);
  const making = useDoing(async () => {
    await client.ask(CreateInvitationDocument, {
      input: {
        roomId,
        expiresInSeconds: seconds,
        maxUses: maxUses === '' ? null : Number(maxUses),
        allowsGuests,
      },
    });
    onMade();
  });
  return (
    <details className="trumpet-screen-more">
      <summary>{words.newInvitation}</summary>
      <Form
        done={making}
        submit={words.makeInvitation}
        saved={words.invitationMade}
        onSubmit={making.run}
      >
        <DurationChoice label={words.expiresIn} seconds={seconds} onChange={setSeconds} />
        <TextField
          label={words.maxUses}
          hint={words.maxUsesHint}
          type="number"
          min={1}
          max={100_000}
          value={maxUses}
          onChange={setMaxUses}
        />
        <Switch
          label={words.allowsGuests}
          hint={words.allowsGuestsHint}
          isOn={allowsGuests}
          onChange={setAllowsGuests}
        />
      </Form>
    </details>
  );
}

interface InvitationRowProps {
  readonly invitation: Invitation;
  readonly onRevoked: () => void;
}

function InvitationRow({ invitation, onRevoked }: InvitationRowProps) {
  const { screens } = useWords();
  const { room: words } = screens;
  const { moment } = useFormat();
  const client = useClient();
  const address = new URL(invitationAddress(invitation.code), location.origin).href;
  const copying = useDoing(() => navigator.clipboard.writeText(address));
  const isOver = Date.parse(invitation.expiresAt) <= Date.now();
  const isUsedUp = invitation.maxUses !== null && invitation.useCount >= invitation.maxUses;
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p className="trumpet-screen-address" dir="ltr">
          {address}
        </p>
        <p className="trumpet-screen-row-about">
          <span>
            {words.invitationBy} <PersonName person={invitation.creator} />
          </span>
          {invitation.allowsGuests && <span>{words.allowsGuests}</span>}
          <span>{words.used(invitation.useCount, invitation.maxUses)}</span>
          <span>
            {isOver
              ? words.expired
              : isUsedUp
                ? words.usedUp
                : screens.until(moment(invitation.expiresAt))}
          </span>
        </p>
        <div className="trumpet-screen-row-deeds">
          {!isOver && !isUsedUp && (
            <button type="button" onClick={copying.run}>
              {copying.isDone ? words.copied : words.copy}
            </button>
          )}
          <ConfirmButton
            label={words.revoke}
            title={words.revokeTitle}
            text={words.revokeText}
            confirm={words.revoke}
            act={() =>
              client.ask(RevokeInvitationDocument, { input: { invitationId: invitation.id } })
            }
            onDone={onRevoked}
          />
        </div>
      </div>
    </div>
  );
}
