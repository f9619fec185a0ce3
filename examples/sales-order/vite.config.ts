import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = `http://localhost:${process.env['PORT'] ?? 4000}`

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { target: 'es2023', cssTarget: ['chrome123', 'firefox128', 'safari17.5'] },
  // In development the page comes from Vite and its WebSocket goes on to the server.
  server: {
    proxy: {
      '/': { target: server, ws: true, bypass: (request, response) => (response ? request.url : null) },
    },
  },
})
