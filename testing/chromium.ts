import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's Chromium, or the one that `CHROMIUM` names. */
const PATH = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether a Chromium is on this machine; where it is not, tests that need it are skipped and say so. */
export const hasChromium = existsSync(PATH);

/** A browser without a screen, which speaks with nobody but the pages that it opens. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A microphone that beeps, for pages that are allowed to hear.
      '--use-fake-device-for-media-stream',
    ],
  });
}

/** `describe` for what needs a Chromium: skipped where there is none, which is said. */
export function describeInChromium(name: string, tests: () => void): void {
  (saidHasChromium() ? describe : describe.skip)(name, tests);
}

/** `test` for what needs a Chromium, likewise. */
export function testInChromium(name: string, run: () => Promise<void>, timeoutMs?: number): void {
  (saidHasChromium() ? test : test.skip)(name, run, timeoutMs);
}

function saidHasChromium(): boolean {
  if (!hasChromium) {
    console.log('Skipped: Chromium is not on this machine');
  }
  return hasChromium;
}
