/*
 * What takes the place of `development.ts` in a web page in production, by the conditions in package.json: nobody
 * looks at its console.
 */

export const developmentWith = (_warn: unknown): undefined => undefined

export const checkOptionNames = (_options: object): void => {}
