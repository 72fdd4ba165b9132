import { useState } from 'react';
import { Markdown } from 'trumpet-client/ui';
import { useLocation } from 'wouter';
import { device } from '../../device.ts';
import {
  MessageDetailsDocument,
  TranslateMessageDocument,
  type TranslateMessageMutation,
  TranslationLanguagesDocument,
} from '../../generated.ts';
import type { PanelProps } from '../../screen.ts';
import { useView } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { Answered } from '../parts/answered.tsx';
import { useAsked } from '../parts/asked.ts';
import { Choice } from '../parts/form.tsx';
import { MessageRow } from '../parts/message-row.tsx';
import { ScreenFrame } from '../parts/screen-frame.tsx';

/** A message in another language, beside its room: `?panel=translation:<id>`. */
export default function TranslationPanel({ of = '' }: PanelProps) {
  const { screens } = useWords();
  const words = screens.translation;
  const [location] = useLocation();
  const asked = useAsked(MessageDetailsDocument, { messageId: of });
  const languages = useAsked(TranslationLanguagesDocument, {});
  return (
    <ScreenFrame title={words.title} panelOf={location}>
      <Answered asked={asked}>
        {({ message }) =>
          message === null ? (
            <p className="trumpet-screen-note">{screens.message.gone}</p>
          ) : (
            <>
              <MessageRow message={message} />
              <Answered asked={languages}>
                {({ translationLanguages: known }) =>
                  known === null || known.length === 0 ? (
                    <p className="trumpet-screen-note">{words.none}</p>
                  ) : (
                    <IntoLanguage messageId={of} languages={known} />
                  )
                }
              </Answered>
            </>
          )
        }
      </Answered>
    </ScreenFrame>
  );
}

interface IntoLanguageProps {
  readonly messageId: string;
  readonly languages: readonly string[];
}

function IntoLanguage({ messageId, languages }: IntoLanguageProps) {
  const words = useWords().screens.translation;
  const { language: ours } = useView(device);
  const [language, setLanguage] = useState(
    () => languages.find((one) => one === ours) ?? (languages[0] as string),
  );
  const names = new Intl.DisplayNames(ours, { type: 'language' });
  const nameOf = (tag: string) => names.of(tag) ?? tag;
  return (
    <>
      <Choice
        label={words.language}
        value={language}
        options={languages.map((one) => [one, nameOf(one)] as const)}
        onChange={setLanguage}
      />
      <Translation key={language} messageId={messageId} language={language} nameOf={nameOf} />
    </>
  );
}

type Translated = NonNullable<TranslateMessageMutation['translateMessage']>['translation'];

interface TranslationProps {
  readonly messageId: string;
  readonly language: string;
  readonly nameOf: (tag: string) => string;
}

function Translation({ messageId, language, nameOf }: TranslationProps) {
  const words = useWords().screens.translation;
  const asked = useAsked(TranslateMessageDocument, { input: { messageId, language } });
  const told = ({ content, sourceLanguage }: Translated) =>
    sourceLanguage === language.split('-')[0] ? (
      <p className="trumpet-screen-note">{words.already(nameOf(language))}</p>
    ) : (
      <>
        <div lang={language}>
          <Markdown text={content} />
        </div>
        <p className="trumpet-screen-field-hint">{words.from(nameOf(sourceLanguage))}</p>
      </>
    );
  return (
    <Answered asked={asked}>
      {({ translateMessage }) => translateMessage && told(translateMessage.translation)}
    </Answered>
  );
}
