import type { View } from 'trumpet-client';
import { readNote, writeNote } from 'trumpet-client/notes';
import { createValue } from './value.ts';
import { LANGUAGES, type Language, languageOfBrowser } from './words/words.tsx';

export type Theme = 'system' | 'light' | 'dark';

/** What is chosen on this device, for whoever uses it. */
export interface DeviceSettings {
  readonly language: Language;
  readonly theme: Theme;
}

const KEY = 'trumpet device';

const settings = createValue(read());

function read(): DeviceSettings {
  const { language, theme } = parse(readNote(KEY));
  return {
    language:
      typeof language === 'string' && Object.hasOwn(LANGUAGES, language)
        ? (language as Language)
        : languageOfBrowser(),
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
  };
}

function parse(text: string | null): Record<string, unknown> {
  try {
    return (JSON.parse(text ?? '{}') as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

// Chosen in another tab.
window.addEventListener('storage', ({ key }) => {
  if (key === KEY) {
    settings.set(read());
  }
});

export const device: View<DeviceSettings> = settings;

export function changeDevice(change: Partial<DeviceSettings>): void {
  settings.set({ ...settings.get(), ...change });
  writeNote(KEY, JSON.stringify(settings.get()));
}
