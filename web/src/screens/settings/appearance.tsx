import { changeDevice, device, type Theme } from '../../device.ts';
import { useView } from '../../trumpet.tsx';
import { LANGUAGES, type Language, useWords } from '../../words/words.tsx';
import { Choice } from '../parts/form.tsx';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** How the page looks on this device. */
export function Appearance() {
  const { settings: words } = useWords().screens;
  const { language, theme } = useView(device);
  return (
    <>
      <p className="trumpet-screen-field-hint">{words.onThisDevice}</p>
      <Choice
        label={words.language}
        value={language}
        options={(Object.keys(LANGUAGES) as Language[]).map((each) => [each, LANGUAGES[each]])}
        onChange={(chosen) => changeDevice({ language: chosen })}
      />
      <Choice
        label={words.theme}
        value={theme}
        options={THEMES.map((each) => [each, words.themes[each]])}
        onChange={(chosen) => changeDevice({ theme: chosen })}
      />
    </>
  );
}
