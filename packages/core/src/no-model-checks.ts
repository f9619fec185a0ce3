/*
 * What takes the place of `model-checks.ts` in a web page in production, by the conditions in package.json: its server
 * has checked the same models when it started.
 */

export const checkModel = (_slice: unknown, _options: unknown): void => {}

export const checkModels = (_models: unknown): void => {}
