/**
 * Loaded into the connector's process before it starts (`node --import`): every pause between tries takes a hundredth of its
 * time, so that a test of a site that stays broken takes a second instead of minutes. What is as long as a time limit keeps three
 * seconds: a site in a busy process of tests is no site that does not answer. Nothing else is changed.
 */
const { setTimeout: usual } = globalThis
const SHORTER = 100
const TIME_LIMIT_MS = 20_000
const LEAST_LIMIT_MS = 3_000

const shorter = (ms: number): number => (ms < TIME_LIMIT_MS ? ms / SHORTER : Math.max(ms / SHORTER, LEAST_LIMIT_MS))

globalThis.setTimeout = Object.assign(
  (callback: (...args: Array<unknown>) => void, delay?: number, ...args: Array<unknown>) =>
    usual(callback, shorter(delay ?? 0), ...args),
  usual,
) as typeof setTimeout
