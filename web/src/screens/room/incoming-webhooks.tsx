import { useState } from 'react';
import {
  CreateIncomingWebhookDocument,
  DeleteIncomingWebhookDocument,
  RoomIncomingWebhooksDocument,
  type RoomIncomingWebhooksQuery,
  RotateIncomingWebhookDocument,
  UpdateIncomingWebhookDocument,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { ConfirmButton, Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { PersonName, PersonRow } from '../parts/person.tsx';
import { RoomPanel } from './room-panel.tsx';

type IncomingWebhook = NonNullable<
  RoomIncomingWebhooksQuery['room']
>['incomingWebhooks']['nodes'][number];

/** The addresses by which other tools post into a room. */
export default function IncomingWebhooks({ roomId }: PanelProps) {
  const { room: words } = useWords().screens;
  const [address, setAddress] = useState<string>();
  const webhooks = usePages(
    RoomIncomingWebhooksDocument,
    { roomId },
    (result) => result.room?.incomingWebhooks,
  );
  return (
    <RoomPanel roomId={roomId} section="incoming-webhooks">
      {() => (
        <>
          {address !== undefined && <Address address={address} />}
          <NewIncomingWebhook
            roomId={roomId}
            onMade={(made) => {
              setAddress(made);
              webhooks.again();
            }}
          />
          <Paged
            pages={webhooks}
            keyOf={({ id }) => id}
            empty={words.noIncomingWebhooks}
            label={words.incomingWebhooks}
          >
            {(webhook) => (
              <IncomingWebhookRow
                webhook={webhook}
                onRenewed={setAddress}
                onChanged={webhooks.again}
              />
            )}
          </Paged>
        </>
      )}
    </RoomPanel>
  );
}

/** An address that was just made: it is shown this once. */
function Address({ address }: { readonly address: string }) {
  const { room: words } = useWords().screens;
  const copying = useDoing(() => navigator.clipboard.writeText(address));
  return (
    <section className="trumpet-screen-row" aria-live="polite">
      <div className="trumpet-screen-row-text">
        <p>{words.incomingWebhookAddress}</p>
        <p className="trumpet-screen-address" dir="ltr">
          {address}
        </p>
        <div className="trumpet-screen-row-deeds">
          <button type="button" onClick={copying.run}>
            {copying.isDone ? words.copied : words.copyAddress}
          </button>
        </div>
      </div>
    </section>
  );
}

interface NewIncomingWebhookProps {
  readonly roomId: string;
  readonly onMade: (address: string) => void;
}

function NewIncomingWebhook({ roomId, onMade }: NewIncomingWebhookProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState('');
  const [picture, setPicture] = useState('');
  const making = useDoing(async () => {
    const { createIncomingWebhook } = await client.ask(CreateIncomingWebhookDocument, {
      input: { roomId, name, avatarUrl: picture },
    });
    setName('');
    setPicture('');
    onMade(createIncomingWebhook?.incomingWebhookAddress.url ?? '');
  });
  return (
    <details className="trumpet-screen-more">
      <summary>{words.newIncomingWebhook}</summary>
      <Form done={making} submit={words.makeIncomingWebhook} onSubmit={making.run}>
        <NameAndPicture {...{ name, setName, picture, setPicture }} />
      </Form>
    </details>
  );
}

interface NameAndPictureProps {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly picture: string;
  readonly setPicture: (picture: string) => void;
}

function NameAndPicture({ name, setName, picture, setPicture }: NameAndPictureProps) {
  const { room: words } = useWords().screens;
  return (
    <>
      <TextField
        label={words.incomingWebhookName}
        hint={words.incomingWebhookNameHint}
        value={name}
        onChange={setName}
        required
        maxLength={80}
      />
      <TextField
        label={words.incomingWebhookPicture}
        type="url"
        value={picture}
        onChange={setPicture}
        maxLength={2_048}
      />
    </>
  );
}

interface IncomingWebhookRowProps {
  readonly webhook: IncomingWebhook;
  readonly onRenewed: (address: string) => void;
  readonly onChanged: () => void;
}

function IncomingWebhookRow({ webhook, onRenewed, onChanged }: IncomingWebhookRowProps) {
  const { room: words } = useWords().screens;
  const { moment } = useFormat();
  const client = useClient();
  const [isChanging, setIsChanging] = useState(false);
  const input = { incomingWebhookId: webhook.id };
  return (
    <div>
      <PersonRow
        person={webhook.bot}
        about={
          <>
            <span>
              {webhook.lastUsedAt === null
                ? words.neverPosted
                : words.lastPosted(moment(webhook.lastUsedAt))}
            </span>
            {webhook.creator !== null && (
              <span>
                {words.invitationBy} <PersonName person={webhook.creator} />
              </span>
            )}
          </>
        }
      />
      <div className="trumpet-screen-row-deeds">
        <button type="button" onClick={() => setIsChanging(true)}>
          {words.rename}
        </button>
        <ConfirmButton
          label={words.renewAddress}
          title={words.renewTitle}
          text={words.renewText}
          confirm={words.renewAddress}
          act={async () => {
            const { rotateIncomingWebhook } = await client.ask(RotateIncomingWebhookDocument, {
              input,
            });
            onRenewed(rotateIncomingWebhook?.incomingWebhookAddress.url ?? '');
          }}
        />
        <ConfirmButton
          label={words.deleteIncomingWebhook}
          title={words.deleteIncomingWebhookTitle}
          text={words.deleteIncomingWebhookText}
          confirm={words.deleteIncomingWebhook}
          act={() => client.ask(DeleteIncomingWebhookDocument, { input })}
          onDone={onChanged}
        />
      </div>
      {isChanging && (
        <Changing webhook={webhook} onClose={() => setIsChanging(false)} onChanged={onChanged} />
      )}
    </div>
  );
}

interface ChangingProps {
  readonly webhook: IncomingWebhook;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

function Changing({ webhook, onClose, onChanged }: ChangingProps) {
  const { room: words } = useWords().screens;
  const client = useClient();
  const [name, setName] = useState(webhook.bot.displayName);
  const [picture, setPicture] = useState(webhook.bot.avatarUrl ?? '');
  const changing = useDoing(async () => {
    await client.ask(UpdateIncomingWebhookDocument, {
      input: { incomingWebhookId: webhook.id, name, avatarUrl: picture },
    });
  });
  return (
    <Dialog title={words.incomingWebhooks} onClose={onClose}>
      <Form
        done={changing}
        submit={words.saveIncomingWebhook}
        onSubmit={async () => {
          if (await changing.run()) {
            onClose();
            onChanged();
          }
        }}
      >
        <NameAndPicture {...{ name, setName, picture, setPicture }} />
      </Form>
    </Dialog>
  );
}
