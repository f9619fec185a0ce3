import { SyncProvider } from '@foldback/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'react-redux'
import { App } from './app.tsx'
import { keepDeviceSettings } from './device-settings.ts'
import { salesOrders } from './model/sales-order.ts'
import { keepForOffline } from './offline-page.ts'
import { discardOutdatedRefusals } from './refusals.ts'
import { takePathAsRoute } from './router.ts'
import { followOtherTabs } from './sign-in.ts'
import { store, sync } from './store.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/shell.css'
import './styles/dialog.css'
import './styles/order-list.css'
import './styles/order-page.css'
import './styles/order-lines.css'
import './styles/board.css'
import './styles/stock.css'
import './styles/attention.css'

takePathAsRoute()
keepForOffline()
keepDeviceSettings(store)
discardOutdatedRefusals(sync)
followOtherTabs()
sync.subscribe(salesOrders)
sync.connect()

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Provider store={store}>
      <SyncProvider sync={sync}>
        <App />
      </SyncProvider>
    </Provider>
  </StrictMode>,
)
