/**
 * The part of Standard Schema that is used here: any library that implements it (Zod, Valibot, ArkType …) fits.
 * Written down instead of imported, because core has no dependencies.
 * @see https://standardschema.dev
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>
  }
}

type SchemaResult = { readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What the schema finds wrong with `value`, as one line; undefined when nothing. */
export function schemaFault(schema: StandardSchema, value: unknown): string | undefined {
  const result = schema['~standard'].validate(value)
  if ('then' in result) return 'its schema is asynchronous, and actions are checked synchronously'
  if (result.issues === undefined) return undefined
  return result.issues.map(sentence).join('; ')
}

function sentence(issue: SchemaIssue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
