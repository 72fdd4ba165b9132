import { jest } from '@jest/globals';
import { createOriginPolicy } from '../../src/http/origins.ts';
import { log } from '../../src/process/log.ts';

const warn = jest.spyOn(log, 'warn').mockImplementation(() => {});
beforeEach(() => warn.mockClear());

const HOST = 'chat.example.test';
const embedded = { allowedOrigins: [], embedded: true };
const ownDatabase = { allowedOrigins: ['https://app.example.test'], embedded: false };

test.each([
  'http://localhost:5173',
  'http://127.0.0.1:3000',
  'http://127.8.9.10',
  'http://[::1]:8080',
  'https://app.localhost',
  'capacitor://localhost',
])('a page of this machine may ask a server whose database is embedded: %s', (origin) => {
  expect(createOriginPolicy(embedded)(origin, HOST)).toBe(true);
  expect(createOriginPolicy(ownDatabase)(origin, HOST)).toBe(false);
});

test.each([
  'https://evil.example.test',
  'http://localhost.example.test',
  'http://notlocalhost',
  'http://127.example.test',
  'http://127.0.0.1.example.test',
  'null',
  '',
])('no other page may: %s', (origin) => {
  expect(createOriginPolicy(embedded)(origin, HOST)).toBe(false);
});

test('pages of the server itself and of ALLOWED_ORIGINS may', () => {
  const isAllowed = createOriginPolicy(ownDatabase);
  expect(isAllowed('https://app.example.test', HOST)).toBe(true);
  expect(isAllowed('https://app.example.test:8443', HOST)).toBe(false);
  expect(isAllowed(`https://${HOST}`, HOST)).toBe(true);
  expect(isAllowed(`https://${HOST}`, undefined)).toBe(false);
  expect(warn).toHaveBeenCalledTimes(2);
});

test('a refusal is logged once, with what to set, however many origins somebody makes up', () => {
  const isAllowed = createOriginPolicy(ownDatabase);
  isAllowed('http://localhost:5173', HOST);
  isAllowed('http://localhost:5173', HOST);
  expect(warn.mock.calls).toEqual([
    [
      {
        event: 'origin.refused',
        origin: 'http://localhost:5173',
        hint: 'To let it in, set ALLOWED_ORIGINS to https://app.example.test,http://localhost:5173',
      },
    ],
  ]);
  for (let number = 0; number < 100; number += 1) {
    isAllowed(`https://${'x'.repeat(10_000)}${number}.test`, HOST);
  }
  expect(warn.mock.calls.length).toBeLessThan(30);
  expect(JSON.stringify(warn.mock.calls).length).toBeLessThan(20_000);
});
