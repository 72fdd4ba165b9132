import { useLocation } from 'wouter';
import { MessageDetailsDocument } from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { MessageRow } from '../parts/message-row.tsx';
import { ReminderForm } from '../parts/reminder-form.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';

/** When to be reminded of a message, beside its room: `?panel=reminder:<id>`. */
export default function ReminderPanel({ of = '' }: PanelProps) {
  const { screens } = useWords();
  const [location] = useLocation();
  const asked = useAsked(MessageDetailsDocument, { messageId: of });
  return (
    <ScreenFrame title={screens.reminder.title} panelOf={location}>
      <Answered asked={asked}>
        {({ message }) =>
          message === null ? (
            <p className="trumpet-screen-note">{screens.message.gone}</p>
          ) : (
            <>
              <MessageRow message={message} />
              <p className="trumpet-screen-field-hint">{screens.reminder.hint}</p>
              <ReminderForm messageId={of} />
            </>
          )
        }
      </Answered>
    </ScreenFrame>
  );
}
