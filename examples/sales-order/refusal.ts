/** Why not: a code, and a sentence that says what to do next. */
export interface Refusal {
  code: string
  message: string
}
