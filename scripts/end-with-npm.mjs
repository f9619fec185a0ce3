// Loaded by `npm start`. A signal for npm ends npm and the shell that it starts, but a shell does not always hand
// it on; the server would stay behind and keep its port. It ends in good order when its parent is gone.
const parent = process.ppid

const watch = setInterval(() => {
  if (process.ppid === parent) return
  // Once: a second signal would end it at once.
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 250).unref()
