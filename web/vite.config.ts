import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` listens: what `npx vite` in this folder passes on. */
const SERVER = 'http://127.0.0.1:8000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/session', '/attachments', '/avatars', '/exports', '/events'].map((path) => [
        path,
        { target: SERVER, ws: path === '/graphql' },
      ]),
    ),
  },
});
