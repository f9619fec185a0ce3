import { defineModel } from '@foldback/core'
import type { Rules } from '@foldback/server'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

export const noticeSlice = createSlice({
  name: 'notice',
  initialState: { text: '' },
  reducers: {
    posted: (_notice, { payload }: PayloadAction<string>) => ({ text: payload }),
  },
})

/** One notice that all share. */
export const models = [defineModel(noticeSlice)] as const

/** Everybody reads it; who has the role writes it. */
export const rules: Rules<typeof models> = {
  notice: {
    canDispatch: (_action, { claims }) =>
      (claims['roles'] as readonly string[]).includes('editor') ||
      'Only editors post notices. Ask one of them.',
  },
}
