import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

/*
 * Push goes over TLS only, so the servers that play push services need a certificate. It is made here,
 * in DER by hand (RFC 5280): Node can read certificates but not write them.
 */

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for localhost, signed by itself and good for a day. */
export function createCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(objectId('06082a8648ce3d040302'));
  // A name of its own: among several trusted ones, the issuer is looked up by it.
  const name = sequence(
    set(
      sequence(
        objectId('0603550403'),
        der(0x0c, Buffer.from(`test ${randomBytes(8).toString('hex')}`)),
      ),
    ),
  );
  const now = Date.now();
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial number
    ecdsaWithSha256,
    name,
    sequence(time(now - 3_600_000), time(now + 24 * 3_600_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        // basicConstraints: a certificate authority, so that it can be trusted as its own.
        extension('0603551d13', sequence(der(0x01, Buffer.from([0xff])))),
        // subjectAltName: localhost, 127.0.0.1
        extension(
          '0603551d11',
          sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))),
        ),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(
    toBeSigned,
    ecdsaWithSha256,
    der(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines(certificate)}\n-----END CERTIFICATE-----\n`,
  };
}

/** Trusts a certificate in this process, beside the system's. */
export function trust({ cert }: Certificate): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), cert]);
}

/** For NODE_EXTRA_CA_CERTS of another process. */
export function certificateFile({ cert }: Certificate): string {
  const file = join(mkdtempSync(join(tmpdir(), 'trumpet-test-ca-')), 'ca.pem');
  writeFileSync(file, cert);
  return file;
}

function lines(content: Buffer): string {
  return (content.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function time(ms: number): Buffer {
  const text = new Date(ms)
    .toISOString()
    .replace(/\.\d+|[-:T]/g, '')
    .slice(2);
  return der(0x17, Buffer.from(text)); // YYMMDDHHMMSSZ
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), der(0x04, value));
}
