import { useState } from 'react';
import { AddKeywordAlertDocument, RemoveKeywordAlertDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Form, TextField } from '../parts/form.tsx';
import { Refusal } from '../parts/refusal.tsx';

interface KeywordsProps {
  readonly keywords: readonly string[];
  readonly onChange: () => void;
}

/** The words that alert the person wherever somebody writes them. */
export function Keywords({ keywords, onChange }: KeywordsProps) {
  const { settings: words } = useWords().screens;
  const client = useClient();
  const [keyword, setKeyword] = useState('');
  const adding = useDoing(async () => {
    await client.ask(AddKeywordAlertDocument, { input: { keyword } });
    setKeyword('');
    onChange();
  });
  const removing = useDoing(async (removed: string) => {
    await client.ask(RemoveKeywordAlertDocument, { input: { keyword: removed } });
    onChange();
  });
  return (
    <fieldset>
      <legend>{words.keywords}</legend>
      <p className="trumpet-screen-field-hint">{words.keywordsHint}</p>
      {keywords.length > 0 && (
        <ul className="trumpet-screen-list" aria-label={words.keywords}>
          {keywords.map((each) => (
            <li key={each} className="trumpet-screen-row">
              <p className="trumpet-screen-row-text" dir="auto">
                {each}
              </p>
              <div className="trumpet-screen-row-end">
                <button
                  type="button"
                  disabled={removing.isUnderWay}
                  aria-label={words.removeKeyword(each)}
                  onClick={() => removing.run(each)}
                >
                  {words.removeKeywordShort}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Refusal error={removing.error} />
      <Form done={adding} submit={words.addKeyword} onSubmit={adding.run}>
        <TextField
          label={words.keyword}
          required
          maxLength={100}
          value={keyword}
          error={adding.error}
          onChange={setKeyword}
        />
      </Form>
    </fieldset>
  );
}
