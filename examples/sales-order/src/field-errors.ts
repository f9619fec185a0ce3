interface Issues {
  error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } | undefined
}

/** The first message for each field of what a schema found. */
export function fieldErrors({ error }: Issues): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { path, message } of error?.issues ?? []) errors[String(path.at(-1))] ??= message
  return errors
}
