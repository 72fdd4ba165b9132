import type { View } from 'trumpet-client';
import { LANGUAGES, type Language, languageOfBrowser } from './words/words.tsx';

export type Theme = 'system' | 'light' | 'dark';

/** What is chosen on this device, for whoever uses it. */
export interface DeviceSettings {
  readonly language: Language;
  readonly theme: Theme;
}

const KEY = 'trumpet device';

function read(): DeviceSettings {
  const kept = parse(localStorage.getItem(KEY));
  const { language, theme } = kept;
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

let current = read();
const listeners = new Set<() => void>();

// Chosen in another tab.
window.addEventListener('storage', ({ key }) => {
  if (key === KEY) {
    current = read();
    tell();
  }
});

function tell(): void {
  for (const listener of listeners) {
    listener();
  }
}

export const device: View<DeviceSettings> = {
  get: () => current,
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function changeDevice(change: Partial<DeviceSettings>): void {
  current = { ...current, ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  tell();
}
