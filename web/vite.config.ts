import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { emoji } from './build/emoji.ts';
import { icons } from './build/icons.ts';
import { importFetched } from './build/import-fetched.ts';
import { SERVICE_WORKER, serviceWorker } from './build/service-worker.ts';

/** Where `npm start` listens: what `npx vite` in this folder passes on. */
const SERVER = 'http://127.0.0.1:8000';

/** What is there before anything is loaded on demand. */
const FIRST = /^assets\/(?:rolldown-runtime|react|first)-/;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), icons(), emoji(), serviceWorker(), importFetched()],
  resolve: {
    tsconfigPaths: true,
    alias: {
      // Its build for browsers reads entities such as `&copy;` by innerHTML, which the page's policy refuses.
      'decode-named-character-reference': fileURLToPath(
        import.meta.resolve('decode-named-character-reference'),
      ),
    },
  },
  build: {
    target: 'es2022',
    // Pictures in addresses of `data:` would each need a part of the policy.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // The page itself names what its first screen needs: nothing else has to name it again. Each import names what it
      // needs else, and itself also where that is all.
      resolveDependencies: (name, names, { hostType }) =>
        hostType === 'html'
          ? names
          : [...new Set([name, ...names])].filter((each) => !FIRST.test(each)),
    },
    emptyOutDir: true,
    rolldownOptions: {
      input: {
        page: 'index.html',
        [SERVICE_WORKER]: join(import.meta.dirname, 'src', SERVICE_WORKER, `${SERVICE_WORKER}.ts`),
      },
      output: {
        // What the first screen needs is two files: each would be a round trip, and many small ones compress badly.
        // React is one of its own, which stays when the page changes.
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules\/(?:react|react-dom|scheduler)\//,
              tags: ['$initial'],
            },
            {
              name: 'first',
              test: /^(?!.*(?:src\/(?:service-worker|http|main)|web\/index.html|\?service-worker))/,
              tags: ['$initial'],
            },
            // Little ones that nearly every view takes, and each would be asked for by itself.
            {
              name: 'parts',
              test: /\/(?:client\/src\/ui\/(?:avatar|icon-button|icons|modal|names)|web\/src\/(?:addresses|presence\/chosen-status|screens\/parts\/avatar))\.tsx?$/,
            },
          ],
        },
        // The service worker is known by its address: it has no hash.
        entryFileNames: ({ name }) =>
          name === SERVICE_WORKER ? '[name].js' : 'assets/[name]-[hash].js',
        // The first screen has the addresses of all that is fetched later: names would be a part of its size.
        chunkFileNames: ({ name }) =>
          FIRST.test(`assets/${name}-`) ? 'assets/[name]-[hash].js' : 'assets/[hash].js',
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      [
        '/graphql',
        '/session',
        '/attachments',
        '/avatars',
        '/custom-emoji',
        '/link-thumbnails',
        '/exports',
        '/events',
      ].map((path) => [path, { target: SERVER, ws: path === '/graphql' }]),
    ),
  },
});
