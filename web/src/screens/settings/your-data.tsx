import { useState } from 'react';
import { TrumpetError } from 'trumpet-client';
import { readNote, writeNote } from 'trumpet-client/notes';
import { useLocation } from 'wouter';
import {
  DataExportDocument,
  type DataExportQuery,
  DeleteMyAccountDocument,
  ExportMyDataDocument,
} from '../../generated.ts';
import { useClient, useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { useWaiting } from '../parts/waiting.ts';

/** All that is kept about the person: to have it, and to end it. */
export function YourData() {
  return (
    <>
      <Export />
      <Deletion />
    </>
  );
}

/** The export that was asked for on this device: the API tells of one by its id. */
function useExportId() {
  const key = `trumpet export ${useView(useClient().viewerId)}`;
  const [id, setId] = useState(readNote(key));
  return [
    id,
    (next: string) => {
      writeNote(key, next);
      setId(next);
    },
  ] as const;
}

function Export() {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [id, setId] = useExportId();
  const asking = useDoing(async () => {
    const answer = await client.ask(ExportMyDataDocument, {});
    setId(answer.exportMyData?.dataExport.id ?? '');
  });
  return (
    <fieldset>
      <legend>{words.exportTitle}</legend>
      <p className="trumpet-screen-field-hint">{words.exportHint}</p>
      {id !== null && id !== '' && <ExportOf id={id} />}
      <Form done={asking} submit={words.requestExport} onSubmit={asking.run} />
    </fieldset>
  );
}

function ExportOf({ id }: { readonly id: string }) {
  const asked = useAsked(DataExportDocument, { id });
  useWaiting(asked, asked.value?.dataExport?.status === 'PENDING');
  return (
    <Answered asked={asked}>
      {({ dataExport }) => dataExport && <ExportState made={dataExport} onLook={asked.again} />}
    </Answered>
  );
}

interface ExportStateProps {
  readonly made: NonNullable<DataExportQuery['dataExport']>;
  readonly onLook: () => void;
}

function ExportState({ made, onLook }: ExportStateProps) {
  const { settings: words } = useWords().screens;
  const { moment, size } = useFormat();
  if (made.status === 'FAILED') {
    return <p role="status">{words.exportFailed}</p>;
  }
  if (made.status === 'PENDING' || made.url === null) {
    return (
      <>
        <p role="status">{words.exportPending}</p>
        <button type="button" onClick={onLook}>
          {words.lookAgain}
        </button>
      </>
    );
  }
  return (
    <>
      <p role="status">{words.exportReady}</p>
      <p>
        <a href={made.url} download className="trumpet-screen-button">
          {words.download} ({size(Number(made.byteSize))})
        </a>
      </p>
      <p className="trumpet-screen-field-hint">
        {words.availableUntil(moment(made.expiresAt))} {words.keepSecret}
      </p>
    </>
  );
}

function Deletion() {
  const { settings: words } = useWords().screens;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <fieldset>
      <legend>{words.deletion}</legend>
      <p>{words.deletionText}</p>
      <button
        type="button"
        className="trumpet-screen-button-destructive"
        onClick={() => setIsOpen(true)}
      >
        {words.deletionOpen}
      </button>
      {isOpen && <DeletionDialog onClose={() => setIsOpen(false)} />}
    </fieldset>
  );
}

function DeletionDialog({ onClose }: { readonly onClose: () => void }) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const [password, setPassword] = useState('');
  const deleting = useDoing(async () => {
    await client.ask(DeleteMyAccountDocument, { input: { password } });
    await client.signOut();
    go('/');
  });
  const isAboutPassword =
    deleting.error instanceof TrumpetError && deleting.error.code === 'WRONG_CREDENTIALS';
  const isConfirmed = typed.trim().toLocaleLowerCase() === words.deletionWord;
  return (
    <Dialog title={words.deletionTitle} onClose={onClose}>
      <Form
        done={deleting}
        submit={words.deletionConfirm}
        isDestructive
        isToldAtField={isAboutPassword}
        onSubmit={deleting.run}
      >
        <p>{words.deletionText}</p>
        <TextField
          label={words.deletionType(words.deletionWord)}
          required
          autoComplete="off"
          value={typed}
          ref={(input) =>
            input?.setCustomValidity(isConfirmed ? '' : words.deletionType(words.deletionWord))
          }
          onChange={setTyped}
        />
        <TextField
          label={words.password1}
          error={isAboutPassword ? deleting.error : undefined}
          required
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
      </Form>
    </Dialog>
  );
}
