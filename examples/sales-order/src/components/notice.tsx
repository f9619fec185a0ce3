import type { ReactNode } from 'react'

/** What a page says when it has nothing else to show. */
export function Notice({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <section className="notice">
      <h1>{title}</h1>
      {text && <p>{text}</p>}
      {children && <div className="notice-actions">{children}</div>}
    </section>
  )
}
