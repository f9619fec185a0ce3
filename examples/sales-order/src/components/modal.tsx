import { useLayoutEffect, useRef, type ReactNode } from 'react'

/** A dialog over the page. Rendered means open; Escape and a press beside it lead to `onClose`. */
export function Modal({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  // Closed while it is still in the page: only so the browser gives the focus back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className="modal"
      aria-labelledby="modal-title"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="modal-body">
        <h2 id="modal-title" dir="auto">
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  )
}
