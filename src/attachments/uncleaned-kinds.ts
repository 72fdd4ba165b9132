import mimeDatabase from 'mime-db/db.json' with { type: 'json' };

/*
 * Pictures, sounds and videos that file-type does not know, of kinds that are not cleaned here. They are told by how
 * they begin, or else by how their name ends.
 */

/** What a file begins with that has a text there, and the type that it then has. */
const TEXTS_AT_START: readonly (readonly [start: RegExp, type: string])[] = [
  [/^(?:\.snd|dns\.)/, 'audio/basic'],
  [/^TTA[12]/, 'audio/x-tta'],
  [/^(?:\.SoX|XoS\.)/, 'audio/x-sox'],
  [/^STRM/, 'audio/x-ast'],
  [/^MMMD/, 'audio/x-smaf'],
  [/^(?:RF64|BW64).{4}WAVE/s, 'audio/x-rf64'],
  [/^Creative Voice File/, 'audio/x-voc'],
  [/^FORM.{4}(?:8SVX|16SV|MAUD)/s, 'audio/x-iff'],
  [/^FRM8.{8}DSD /s, 'audio/x-dff'],
  [/^(?:ajkg|OFR |LA0[2-4]|PVF[12]|2BIT|NIST_1A|Extended Module: |IMPM)/, 'audio/x-other'],
  [/^nut\/multimedia container/, 'video/x-nut'],
  [/^DKIF/, 'video/x-ivf'],
  [/^YUV4MPEG2 /, 'video/x-yuv4mpeg'],
  [/^(?:SMK[24]|BIK[bdfghik]|KB2[adfghijk]|MOVI\0|FILM\0|THP\0)/, 'video/x-other'],
  [/^FORM.{4}ANIM/s, 'video/x-iff'],
  [/^P[1-6]\s+(?:#[^\n]*\n\s*)*\d{1,9}\s+(?:#[^\n]*\n\s*)*\d{1,9}\s/, 'image/x-portable-anymap'],
  [/^P7\n(?:#[^\n]*\n)*(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE) /, 'image/x-portable-arbitrarymap'],
  [/^P[Ff]4?\s+\d{1,9}\s+\d{1,9}\s/, 'image/x-portable-floatmap'],
  [/^(?:SDPX|XPDS)/, 'image/x-dpx'],
  [/^SIMPLE {2}= /, 'image/fits'],
  [/^qoif/, 'image/qoi'],
  [/^#define\s+\S{1,200}_width\s+\d+\s+#define\s+\S{1,200}_height\s+\d+/, 'image/x-xbitmap'],
  [/^(?:\/\* XPM \*\/|! XPM2)/, 'image/x-xpixmap'],
  [/^#\?(?:RADIANCE|RGBE)/, 'image/vnd.radiance'],
  [/^FORM.{4}(?:ILBM|PBM |ACBM|RGB8|RGBN)/s, 'image/x-iff'],
  [/^(?:DDS |farbfeld|id=ImageMagick|BLP[12]|FOVb|\0MRM|Paint Shop Pro Image)/, 'image/x-other'],
];

/** The same for numbers, in hexadecimal digits: two make a byte. */
const NUMBERS_AT_START: readonly (readonly [start: RegExp, type: string])[] = [
  [/^(?:64a30[1-4]00|000[1-4]a364)/, 'audio/x-ircam'],
  [/^726966662e91cf11/, 'audio/x-w64'],
  // With "(c)CRI" before its sounds.
  [/^8000(?:.{2})+?286329435249/, 'audio/x-adx'],
  [/^b7d800203749da11a64e0007e95ead8d/, 'video/x-wtv'],
  // The first unit of H.264 and of H.265.
  [/^(?:00)?000001(?:[26]7|4[02]01)/, 'video/x-nal-units'],
  [/^(?:802a5fd7|d75f2a80)/, 'image/x-cineon'],
  [/^762f3101/, 'image/x-exr'],
  [/^0a0[02345]0[01]0[1248].{120}00/, 'image/x-pcx'],
  [/^01da0[01]0[12]000[123]/, 'image/x-sgi'],
  [/^(?:59a66a95|956aa659)/, 'image/x-sun-raster'],
  [/^.{8}(?:000000070000000[012]000000|070000000[012]0000000)/, 'image/x-xwindowdump'],
  // Targa: no colours or a table of them, how it is packed, a size, bits and their order.
  [/^..000[23ab]0{10}.{16}(?:08|0f|10|18|20)[0-3]/, 'image/x-tga'],
  [/^..010[19]0000..0[01](?:0f|10|18|20).{16}08[0-3]/, 'image/x-tga'],
  [/^ab4b5458/, 'image/ktx'],
  [/^(?:8a4d4e47|8b4a4e47)0d0a/, 'image/x-other'],
  [/^49491a00000048454150/, 'image/x-canon-crw'],
  [/^d7cdc69a/, 'image/wmf'],
  [/^01000000.{72}20454d46/, 'image/emf'],
];

/** How much of a file is compared. */
const COMPARED_BYTES = 4_096;

/** The kind of a picture, sound or video that file-type does not know; undefined when it begins like none. */
export function uncleanedKind(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, COMPARED_BYTES));
  const [text, digits] = [start.toString('latin1'), start.toString('hex')];
  const found =
    TEXTS_AT_START.find(([pattern]) => pattern.test(text)) ??
    NUMBERS_AT_START.find(([pattern]) => pattern.test(digits));
  return found?.[1];
}

/** TypeScript, subtitles and playlists, whose names end as those of videos do. */
const TEXTS = ['ts', 'mts', 'sub', 'm3u'];

/** Of kinds that have no registered type. Some of them cannot be told by their beginning. */
const MORE_ENDINGS =
  'tta sox nut wtv pam pfm adx aptx aptxhd ast sf ircam mmf rso sbc swf w64 rf64 ivf fit fts qoi sun im1 mxf rm rmvb ogx ' +
  'ape wv mpc mpp oma aa3 dsf dff tak ofr shn voc gsm vox vqf amv y4m bik smk roq thp vob m2p tp trp dat264 264 265 hevc ' +
  'avc obu mod it stm mtm 8svx iff lbm icb vda vst tpic cin hdr rgbe rgba bw pcd ppam xcf psb psp pspimage mng flif bpg ' +
  'crw cr2 cr3 nef nrw arw srf sr2 orf rw2 raf pef ptx srw x3f raw 3fr fff iiq mos mef mrw kdc dcr erf rwl gpr';

const ENDINGS: ReadonlySet<string> = new Set([
  ...Object.entries(mimeDatabase).flatMap(([type, kind]) =>
    /^(?:audio|image|video)\//.test(type) && 'extensions' in kind ? kind.extensions : [],
  ),
  ...MORE_ENDINGS.split(' '),
]);

/** What the name of a file ends with if it is that of a picture, sound or video, whether it is cleaned here or not. */
export function endingOfMedia(filename: string): string | undefined {
  const ending = /\.([^.]+)$/.exec(filename.trim())?.[1]?.toLowerCase();
  return ending !== undefined && ENDINGS.has(ending) && !TEXTS.includes(ending)
    ? ending
    : undefined;
}
