import { join } from 'node:path';
import sharp from 'sharp';
import type { Plugin } from 'vite';

const SOURCE = join(import.meta.dirname, '..', 'public', 'icon.svg');

/** Apple's home screen, and the two that an installable page needs, in pixels. */
const SIZES = [180, 192, 512];

/** Makes the pictures that take no SVG: `/icon-192.png` and others. */
export function icons(): Plugin {
  return {
    name: 'trumpet-icons',
    apply: 'build',
    async generateBundle() {
      for (const size of SIZES) {
        this.emitFile({
          type: 'asset',
          fileName: `icon-${size}.png`,
          source: await sharp(SOURCE, { density: 288 }).resize(size).png().toBuffer(),
        });
      }
    },
  };
}
