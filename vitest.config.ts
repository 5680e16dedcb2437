/** Tests of the project; `.ci/run` asks for a report by VITEST_JSON_REPORT. */
import { defineConfig } from "vitest/config"

const report = process.env["VITEST_JSON_REPORT"]

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    coverage: { provider: "v8", include: ["src/**"], exclude: ["src/generated/**"] },
  },
})
