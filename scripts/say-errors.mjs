// Loaded by `npm start`. An error with a code of Foldback's is a sentence for whoever started it; where in the code it
// was thrown helps nobody then.
process.on('uncaughtException', (thrown) => {
  console.error(thrown?.name === 'FoldbackError' ? `\n${thrown.message}` : thrown)
  process.exit(1)
})
