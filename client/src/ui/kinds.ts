import type { Attachment } from '../replica/model.ts';

type Kind = 'picture' | 'video' | 'sound' | 'file';

/** How it is shown. A picture without a preview is a file. */
export function kindOf({ mimeType, width }: Pick<Attachment, 'mimeType' | 'width'>): Kind {
  if (mimeType.startsWith('image/') && width !== null && !/svg|heic|tiff|bmp/.test(mimeType)) {
    return 'picture';
  }
  if (mimeType.startsWith('video/') && width !== null) {
    return 'video';
  }
  return mimeType.startsWith('audio/') || mimeType.startsWith('video/') ? 'sound' : 'file';
}

/** The name that the composer gives to what it records; players need not say more. */
export const VOICE_NAME = 'voice-message';

export function isVoice({ filename }: Pick<Attachment, 'filename'>): boolean {
  return filename.startsWith(`${VOICE_NAME}.`);
}

export function sizeOf(language: string, bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const at = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)),
  );
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[at],
    unitDisplay: at === 0 ? 'long' : 'short',
    maximumFractionDigits: bytes / 1000 ** at < 10 && at > 0 ? 1 : 0,
  }).format(bytes / 1000 ** at);
}
