import { useState } from 'react';
import {
  AuditCheckpointDocument,
  type AuditKind,
  AuditLogDocument,
  type AuditLogQuery,
  ComplianceExportsDocument,
  type ComplianceExportsQuery,
  ProfileDocument,
  RequestComplianceExportDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered, Paged } from '../parts/answered.tsx';
import { useAsked, useList } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { useSettled } from '../parts/settled.ts';
import { useWaiting } from '../parts/waiting.ts';

type Entry = NonNullable<AuditLogQuery['auditLog']>[number];
type Made = NonNullable<ComplianceExportsQuery['complianceExports']>[number];

/** What is looked for: in the log, and in messages for an export. */
interface Wanted {
  readonly kind: AuditKind | '';
  /** Usernames. */
  readonly by: string;
  readonly to: string;
  readonly room: { readonly id: string; readonly name: string } | undefined;
  /** Days. */
  readonly since: string;
  readonly until: string;
}

const ANYTHING: Wanted = { kind: '', by: '', to: '', room: undefined, since: '', until: '' };

/** What was administered, for auditors. */
export function Audit() {
  const { settings: words } = useWords().screens;
  const [wanted, setWanted] = useState(ANYTHING);
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.auditHint}</p>
      <Search wanted={wanted} onChange={setWanted} />
      <Log wanted={wanted} onRoom={(room) => setWanted({ ...wanted, room })} />
      <Checkpoint />
      <Exports wanted={wanted} />
    </>
  );
}

interface SearchProps {
  readonly wanted: Wanted;
  readonly onChange: (wanted: Wanted) => void;
}

function Search({ wanted, onChange }: SearchProps) {
  const { settings: words } = useWords().screens;
  const set = (changed: Partial<Wanted>) => onChange({ ...wanted, ...changed });
  const kinds = Object.entries(words.auditKinds) as [AuditKind, string][];
  return (
    <fieldset>
      <legend>{words.auditFind}</legend>
      <Choice<AuditKind | ''>
        label={words.auditKind}
        value={wanted.kind}
        options={[['', words.auditAny], ...kinds]}
        onChange={(kind) => set({ kind })}
      />
      <TextField label={words.auditBy} value={wanted.by} onChange={(by) => set({ by })} />
      <TextField label={words.auditTo} value={wanted.to} onChange={(to) => set({ to })} />
      <TextField
        label={words.auditSince}
        type="date"
        value={wanted.since}
        onChange={(since) => set({ since })}
      />
      <TextField
        label={words.auditUntil}
        type="date"
        value={wanted.until}
        onChange={(until) => set({ until })}
      />
      {wanted.room && (
        <p>
          {words.auditRoom} <bdi>{wanted.room.name}</bdi>{' '}
          <button type="button" onClick={() => set({ room: undefined })}>
            {words.auditAllRooms}
          </button>
        </p>
      )}
    </fieldset>
  );
}

/** What of it the server is asked for. Of a username that nobody has nothing is found. */
function useCondition({ by, to, since, until, room }: Wanted) {
  const [actor, target] = [usePersonId(by), usePersonId(to)];
  return {
    isKnown: actor !== undefined && target !== undefined,
    actorId: actor || null,
    targetId: target || null,
    roomId: room?.id ?? null,
    since: startOf(since, 0),
    until: startOf(until, 1),
  };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The id of whoever has a username; none while nothing is typed, undefined while it is not known yet. */
function usePersonId(typed: string): string | undefined {
  const username = useSettled(typed.trim().replace(/^@/, ''));
  const { value } = useAsked(ProfileDocument, { username });
  return username === '' ? '' : value && (value.userByUsername?.id ?? NOBODY);
}

/** When a day begins here, or one that is some days later. */
function startOf(day: string, later: number): string | null {
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + later);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

interface LogProps {
  readonly wanted: Wanted;
  readonly onRoom: (room: Wanted['room']) => void;
}

function Log({ wanted, onRoom }: LogProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const { isKnown, ...condition } = useCondition(wanted);
  const asked = { ...condition, kind: wanted.kind || null };
  const entries = useList(
    async (pageSize, beforeSeq) => {
      const answer = isKnown
        ? await client.ask(AuditLogDocument, { ...asked, beforeSeq, pageSize })
        : undefined;
      const nodes = answer?.auditLog ?? [];
      return {
        nodes,
        pageInfo: { hasNextPage: nodes.length === pageSize, endCursor: nodes.at(-1)?.seq ?? null },
      };
    },
    JSON.stringify(['audit', isKnown, asked]),
  );
  return (
    <Paged pages={entries} keyOf={({ seq }) => seq} empty={words.noAudit} label={words.audit}>
      {(entry) => <EntryRow entry={entry} onRoom={onRoom} />}
    </Paged>
  );
}

function EntryRow({ entry, onRoom }: { readonly entry: Entry } & Pick<LogProps, 'onRoom'>) {
  const { settings: words, nobody } = useWords().screens;
  const { moment } = useFormat();
  const { roomId } = entry;
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p>
          <strong>
            <bdi>
              {[entry.actorDisplayName, entry.actorName].filter(Boolean).join(', ') ||
                entry.actorId ||
                nobody}
            </bdi>
          </strong>{' '}
          {words.auditKinds[entry.kind]}: {words.auditOperations[entry.operation]}
        </p>
        <p className="trumpet-screen-row-about">
          <span>{moment(entry.happenedAt)}</span>
          {entry.targetId && <bdi>{entry.targetDisplayName ?? entry.targetId}</bdi>}
          {roomId && (
            <button
              type="button"
              onClick={() => onRoom({ id: roomId, name: entry.roomName ?? roomId })}
            >
              <bdi>{entry.roomName ?? roomId}</bdi>
            </button>
          )}
          {entry.subject && <bdi>{entry.subject}</bdi>}
          <span>{entry.called === null ? words.auditByHand : <bdi>{entry.called}</bdi>}</span>
        </p>
        <Changes entry={entry} />
      </div>
    </div>
  );
}

/** What was before, and what is since. */
function Changes({ entry }: { readonly entry: Entry }) {
  const { settings: words } = useWords().screens;
  const before = valuesOf(entry.before);
  const after = valuesOf(entry.after);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  if (names.length === 0) {
    return null;
  }
  return (
    <details>
      <summary>{words.auditChanges}</summary>
      <ul>
        {names.map((name) => (
          <li key={name} className="trumpet-screen-row-content">
            <bdi>{name}</bdi>: {before.has(name) && <del>{before.get(name)}</del>}{' '}
            {after.has(name) && <ins>{after.get(name)}</ins>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function valuesOf(row: unknown): ReadonlyMap<string, string> {
  const parsed: unknown = typeof row === 'string' ? JSON.parse(row) : row;
  return new Map(
    Object.entries((parsed ?? {}) as Record<string, unknown>)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** What shows later whether the log was changed, to be kept elsewhere. */
function Checkpoint() {
  const { settings: words } = useWords().screens;
  const { moment, number } = useFormat();
  const asked = useAsked(AuditCheckpointDocument, {});
  return (
    <fieldset>
      <legend>{words.auditCheckpoint}</legend>
      <p className="trumpet-screen-field-hint">{words.auditCheckpointHint}</p>
      <Answered asked={asked}>
        {({ auditCheckpoint: made }) =>
          made === null ? (
            <p>{words.noAuditCheckpoint}</p>
          ) : (
            <p>
              {words.auditSigned(number(Number(made.seq)), moment(made.signedAt))}{' '}
              <a
                className="trumpet-screen-button"
                download={`checkpoint-${made.seq}.json`}
                href={`data:application/json,${encodeURIComponent(
                  JSON.stringify([{ ...made, seq: Number(made.seq) }], undefined, 2),
                )}`}
              >
                {words.download}
              </a>
            </p>
          )
        }
      </Answered>
    </fieldset>
  );
}

function Exports({ wanted }: Pick<LogProps, 'wanted'>) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const { isKnown, actorId, roomId, since, until } = useCondition(wanted);
  const asked = useAsked(ComplianceExportsDocument, {});
  useWaiting(
    asked,
    asked.value?.complianceExports?.some(({ status }) => status === 'PENDING') === true,
  );
  const [reason, setReason] = useState('');
  const [word, setWord] = useState('');
  const requesting = useDoing(async () => {
    await client.ask(RequestComplianceExportDocument, {
      input: {
        reason,
        word,
        userIds: actorId === null ? null : [actorId],
        roomIds: roomId === null ? null : [roomId],
        since,
        until,
      },
    });
    setReason('');
    setWord('');
    asked.again();
  });
  return (
    <fieldset>
      <legend>{words.complianceTitle}</legend>
      <p className="trumpet-screen-field-hint">{words.complianceHint}</p>
      <Form
        done={requesting}
        submit={words.requestExport}
        onSubmit={() => isKnown && requesting.run()}
      >
        <TextField
          label={words.complianceReason}
          required
          maxLength={500}
          value={reason}
          onChange={setReason}
        />
        <TextField label={words.complianceWord} maxLength={200} value={word} onChange={setWord} />
      </Form>
      <Answered asked={asked}>
        {({ complianceExports }) => (
          <ul className="trumpet-screen-list" aria-label={words.complianceTitle}>
            {(complianceExports ?? []).map((made) => (
              <li key={made.id}>
                <ExportRow made={made} onLook={asked.again} />
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </fieldset>
  );
}

function ExportRow({ made, onLook }: { readonly made: Made; readonly onLook: () => void }) {
  const { settings: words } = useWords().screens;
  const { moment, number, size } = useFormat();
  return (
    <div className="trumpet-screen-row">
      <div className="trumpet-screen-row-text">
        <p>
          <bdi>{made.reason}</bdi>
        </p>
        <p className="trumpet-screen-row-about">
          <span>{moment(made.requestedAt)}</span>
          {made.word !== null && <bdi>{made.word}</bdi>}
          <span role="status">
            {made.status === 'FAILED'
              ? words.exportFailed
              : words.complianceProgress(
                  number(made.roomsDone),
                  number(made.roomsTotal),
                  number(Number(made.messageCount)),
                )}
          </span>
        </p>
      </div>
      <div className="trumpet-screen-row-end">
        {made.url !== null && (
          <a href={made.url} download className="trumpet-screen-button">
            {words.download} ({size(Number(made.byteSize))})
          </a>
        )}
        {made.status === 'PENDING' && (
          <button type="button" onClick={onLook}>
            {words.lookAgain}
          </button>
        )}
      </div>
    </div>
  );
}
