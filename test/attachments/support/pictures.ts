import sharp, { type Sharp } from 'sharp';

export const FORMATS = ['png', 'jpeg', 'gif', 'webp', 'avif'] as const;
export type PictureFormat = (typeof FORMATS)[number];

/** A picture that does not compress to nothing. */
export function picture(
  format: PictureFormat,
  { width = 800, height = 600 }: { width?: number; height?: number } = {},
): Promise<Buffer> {
  return noise(width, height).toFormat(format, quickly(format)).toBuffer();
}

/** The same with the place where it was taken. */
export function pictureWithPlace(format: Exclude<PictureFormat, 'gif'>): Promise<Buffer> {
  return noise(800, 600)
    .withExif({
      IFD0: { Make: 'A camera' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' },
    })
    .toFormat(format, quickly(format))
    .toBuffer();
}

/** These take seconds otherwise. */
function quickly(format: PictureFormat) {
  return { avif: { effort: 0 }, gif: { effort: 1, dither: 0 } }[format as string] ?? {};
}

function noise(width: number, height: number): Sharp {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'white',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  });
}
