import { TrumpetError } from 'trumpet-client';
import { useLocation, useParams } from 'wouter';
import { AcceptInvitationDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form } from '../parts/form.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';

/** Where the link of an invitation leads. */
export function invitationAddress(code: string): string {
  return `/invite/${encodeURIComponent(code)}`;
}

/** Joins a room by a link. What is behind the code is not told before: the code alone opens it. */
export default function Invitation() {
  const { invitation } = useWords().screens;
  const client = useClient();
  const { code = '' } = useParams();
  const [, go] = useLocation();
  const joining = useDoing(async () => {
    const accepted = await client.ask(AcceptInvitationDocument, { input: { code } });
    go(`/r/${accepted.acceptInvitation?.room.id}`);
  });
  const isUseless = joining.error instanceof TrumpetError && joining.error.code === 'NOT_FOUND';
  return (
    <ScreenFrame title={invitation.title}>
      <Form
        done={joining}
        submit={invitation.accept}
        isToldAtField={isUseless}
        onSubmit={joining.run}
      >
        <p>{invitation.text}</p>
        {isUseless && (
          <p role="alert" className="trumpet-screen-refusal">
            {invitation.useless}
          </p>
        )}
      </Form>
    </ScreenFrame>
  );
}
