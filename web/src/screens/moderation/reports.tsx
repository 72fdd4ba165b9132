import { useState } from 'react';
import { messageAddress } from '../../addresses.ts';
import {
  type ReportResolution,
  ResolveReportDocument,
  RoomReportsDocument,
  type RoomReportsQuery,
  TakeDownMessageDocument,
} from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Paged } from '../parts/answered.tsx';
import { usePages } from '../parts/asked.ts';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, Switch, TextField } from '../parts/form.tsx';
import { useFormat } from '../parts/format.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { PersonName } from '../parts/person.tsx';
import { written } from '../parts/reason-field.tsx';
import type { ModerationProps } from './moderation-props.ts';

type Report = NonNullable<RoomReportsQuery['room']>['reports']['nodes'][number];

/** What was reported, and what is to be decided about it. */
export function Reports({ room }: ModerationProps) {
  const { moderation: words } = useWords().screens;
  const [which, setWhich] = useState<'open' | 'all'>('open');
  return (
    <>
      <Choice
        label={words.which}
        value={which}
        options={[
          ['open', words.open],
          ['all', words.all],
        ]}
        onChange={setWhich}
      />
      {which === 'open' ? (
        <OpenReports room={room} />
      ) : (
        <ReportList room={room} status={null} empty={words.noReportsAtAll} />
      )}
    </>
  );
}

/** Those that wait for a decision. */
export function OpenReports({ room }: ModerationProps) {
  const { moderation: words } = useWords().screens;
  return <ReportList room={room} status="OPEN" empty={words.noReports} />;
}

interface ReportListProps extends ModerationProps {
  readonly status: 'OPEN' | null;
  readonly empty: string;
}

function ReportList({ room, status, empty }: ReportListProps) {
  const { moderation: words } = useWords().screens;
  const reports = usePages(
    RoomReportsDocument,
    { roomId: room.id, status },
    (result) => result.room?.reports,
  );
  return (
    <Paged pages={reports} keyOf={({ id }) => id} empty={empty} label={words.reports}>
      {(report) => <ReportRow room={room} report={report} onDecided={reports.again} />}
    </Paged>
  );
}

interface ReportRowProps extends ModerationProps {
  readonly report: Report;
  readonly onDecided: () => void;
}

function ReportRow({ room, report, onDecided }: ReportRowProps) {
  const { screens } = useWords();
  const { moderation: words } = screens;
  const { moment } = useFormat();
  return (
    <div className="trumpet-screen-case">
      <p className="trumpet-screen-row-about">
        <span className="trumpet-screen-badge">{words.reportStatuses[report.status]}</span>
        <span>
          {report.reporter === null ? (
            words.reportedAutomatically
          ) : (
            <>
              {words.reportedBy} <PersonName person={report.reporter} />
            </>
          )}
        </span>
        <time dateTime={report.createdAt}>{moment(report.createdAt)}</time>
      </p>
      <blockquote className="trumpet-screen-row-content" dir="auto">
        {report.reason}
      </blockquote>
      {report.message === null ? (
        <p className="trumpet-screen-note">{words.messageGone}</p>
      ) : (
        <MessageRow
          message={report.message}
          showsBlocked
          address={messageAddress(room, Number(report.message.seq))}
        />
      )}
      {report.resolvedAt !== null && (
        <p className="trumpet-screen-row-about">
          <span>
            {words.decidedBy} <PersonName person={report.resolver} />
          </span>
          <time dateTime={report.resolvedAt}>{moment(report.resolvedAt)}</time>
          {report.resolutionNote && <bdi>{report.resolutionNote}</bdi>}
        </p>
      )}
      {report.status === 'OPEN' && <Decide report={report} onDecided={onDecided} />}
    </div>
  );
}

type DecideProps = Pick<ReportRowProps, 'report' | 'onDecided'>;

function Decide({ report, onDecided }: DecideProps) {
  const { screens } = useWords();
  const { moderation: words } = screens;
  const client = useClient();
  const [resolution, setResolution] = useState<ReportResolution>('UPHELD');
  const [isToDelete, setIsToDelete] = useState(false);
  const [note, setNote] = useState('');
  const isThere = report.message !== null && report.message.deletedAt === null;
  const deciding = useDoing(async () => {
    await client.ask(ResolveReportDocument, {
      input: { reportId: report.id, resolution, note: written(note) },
    });
    // Afterwards: deleting a message settles all reports of it.
    if (isToDelete && resolution === 'UPHELD' && report.message !== null) {
      await client.ask(TakeDownMessageDocument, {
        input: { messageId: report.message.id, reason: written(note) ?? report.reason },
      });
    }
    onDecided();
  });
  return (
    <details className="trumpet-screen-more">
      <summary>{words.decide}</summary>
      <Form
        done={deciding}
        submit={words.decide}
        isDestructive={isToDelete && resolution === 'UPHELD'}
        onSubmit={deciding.run}
      >
        <Choice
          label={words.decision}
          value={resolution}
          options={(['UPHELD', 'DISMISSED'] as const).map((each) => [
            each,
            words.reportStatuses[each],
          ])}
          onChange={setResolution}
        />
        {isThere && resolution === 'UPHELD' && (
          <Switch label={words.alsoDelete} isOn={isToDelete} onChange={setIsToDelete} />
        )}
        <TextField label={words.note} maxLength={500} dir="auto" value={note} onChange={setNote} />
      </Form>
    </details>
  );
}
