/** The tests of the image, which `integration_tests/image/run` builds first; one after the other, since they share a machine's ports and memory. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["integration_tests/image/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
