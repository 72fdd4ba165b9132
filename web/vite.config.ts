import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { icons } from './build/icons.ts';

/** Where `npm start` listens: what `npx vite` in this folder passes on. */
const SERVER = 'http://127.0.0.1:8000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), icons()],
  resolve: { tsconfigPaths: true },
  build: {
    target: 'es2022',
    // Pictures in addresses of `data:` would each need a part of the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
  },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/session', '/attachments', '/avatars', '/exports', '/events'].map((path) => [
        path,
        { target: SERVER, ws: path === '/graphql' },
      ]),
    ),
  },
});
