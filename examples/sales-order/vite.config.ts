import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precache } from './precache-plugin.ts'

const server = `http://localhost:${process.env['PORT'] ?? 4000}`

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precache()],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    rolldownOptions: {
      input: ['index.html', 'service-worker/service-worker.ts'].map(
        (path) => `${import.meta.dirname}/${path}`,
      ),
      output: {
        // Browsers look for a newer service worker at the address where they have found it.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  // In development the page comes from Vite and its sync goes on to the server; Vite's own WebSocket stays here.
  server: {
    proxy: {
      '/': {
        target: server,
        ws: true,
        bypass: ({ headers, url }) =>
          headers['sec-websocket-protocol']?.startsWith('foldback.') ? null : url,
      },
    },
  },
})
