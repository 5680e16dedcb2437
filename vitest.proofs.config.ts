/** The long proofs (`npm run test:proofs`): sweeps with a process for each case, deliberate defects, a real browser. */
import { defineConfig } from "vitest/config"
import tests from "./vitest.config.ts"

export default defineConfig({ test: { ...tests.test, include: ["test/**/*.proof.ts"], testTimeout: 60_000 } })
