import { expect, test } from '@jest/globals';
import {
  contactOf,
  mapAddress,
  placeOf,
  textOfContact,
  textOfPlace,
  vCardOf,
} from '../src/ui/special/shared.ts';

/* What cards of places and contacts are made of. */

test('a place leads to the map of the installation, or to what the device has', () => {
  const place = { latitude: 52.5, longitude: -13.25 };
  expect(mapAddress('https://maps.test/{latitude}/{longitude}?q={latitude}', place)).toBe(
    'https://maps.test/52.5/-13.25?q=52.5',
  );
  expect(mapAddress(null, place)).toBe('geo:52.5,-13.25');
  expect(mapAddress(null, { latitude: 1e-9, longitude: -1e-7 })).toBe('geo:0,0');
  expect(mapAddress(null, { latitude: 0.000001, longitude: 179.12345678 })).toBe(
    'geo:0.000001,179.1234568',
  );
  expect(textOfPlace(place)).toBe('52.5, -13.25');
  expect(textOfPlace({ ...place, name: 'Gate', address: 'Square 1' })).toBe('Gate, Square 1');
});

test('what is no place and no contact is none, and no address runs anything', () => {
  expect(placeOf({ location: { latitude: '52', longitude: 13 } })).toBeUndefined();
  expect(placeOf(null)).toBeUndefined();
  expect(contactOf({ contact: 'Carol' })).toBeUndefined();
  expect(contactOf({ contact: { name: 'Carol', url: 'javascript:alert(1)' } })).toEqual({
    name: 'Carol',
    phones: [],
    emails: [],
  });
});

test('a contact is saved as a vCard whose fields nobody can break out of', () => {
  const contact = contactOf({
    contact: { name: 'Carol; BEGIN:VCARD\nTEL:1', phones: ['112'], emails: ['c@example.test'] },
  });
  expect(contact && vCardOf(contact)).toBe(
    [
      'BEGIN:VCARD',
      'VERSION:4.0',
      'FN:Carol\\; BEGIN:VCARD\\nTEL:1',
      'TEL:112',
      'EMAIL:c@example.test',
      'END:VCARD',
      '',
    ].join('\r\n'),
  );
  expect(contact && textOfContact(contact)).toBe('Carol; BEGIN:VCARD\nTEL:1, 112, c@example.test');
});
