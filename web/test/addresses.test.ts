import { expect, test } from '@jest/globals';
import { PAGE_ADDRESSES } from '../../src/http/page/addresses.ts';
import { screens } from '../src/screens/index.ts';

test('the server sends the page at the address of every screen', () => {
  const addresses = screens.map(({ path }) => path.replace(/\/:\w+\??/, '/some'));
  expect(addresses.filter((address) => !PAGE_ADDRESSES.test(address))).toEqual([]);
});
