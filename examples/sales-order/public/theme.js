// Before anything is drawn, so that a dark page does not begin with a white flash. See src/theme.ts.
try {
  document.documentElement.dataset.theme = localStorage.getItem('sales-order.theme') ?? 'system'
} catch {}
