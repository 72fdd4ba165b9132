/** EXIF that tells how the camera was turned, 1 to 8, and nothing else: a TIFF of one directory with one entry. */
export function orientationOnly(orientation: number): Buffer {
  const exif = Buffer.alloc(26);
  exif.write('MM\0*', 'latin1');
  exif.writeUInt32BE(8, 4); // Where the directory is.
  exif.writeUInt16BE(1, 8); // How many entries it has.
  exif.writeUInt16BE(0x0112, 10); // Orientation,
  exif.writeUInt16BE(3, 12); // a number of 16 bits,
  exif.writeUInt32BE(1, 14); // one of them.
  exif.writeUInt16BE(orientation, 18);
  return exif;
}
