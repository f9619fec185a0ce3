import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = `http://localhost:${process.env['PORT'] ?? 4000}`

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { target: 'es2023', cssTarget: ['chrome123', 'firefox128', 'safari17.5'] },
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
