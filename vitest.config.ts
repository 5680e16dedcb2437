/** The tests that `npm test` runs, a file on each core at a time; the longer ones are proofs (vitest.proofs.config.ts). */
import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: availableParallelism(),
    // Files share a worker, and with it what is loaded and compiled: Effect and the OpenAPI documents once, not once a file.
    isolate: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    coverage: { provider: "v8", include: ["src/**"], exclude: ["src/generated/**"] },
  },
})
