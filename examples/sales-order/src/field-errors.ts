interface Issues {
  error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } | undefined
}

/** The first message for each field of what a schema found. */
export function fieldErrors({ error }: Issues): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { path, message } of error?.issues ?? []) errors[String(path.at(-1))] ??= message
  return errors
}

/** The keyboard goes on at the first field of a form that is wrong. */
export function focusFirstWrong(form: HTMLFormElement, errors: Readonly<Record<string, string>>) {
  for (const element of form.elements) {
    if (!(element instanceof HTMLElement) || !Object.hasOwn(errors, element.getAttribute('name') ?? ''))
      continue
    return element.focus()
  }
}
