/** Runs a test with the mutation that the environment names in the code: `MUTATION="…" vitest run --config … test/…`. */
import { defineConfig } from "vitest/config"
import tests from "../../../vitest.config.ts"
import { mutated, mutationOf } from "./mutating.ts"

const mutation = mutationOf(process.env["MUTATION"])

// What was transformed with another mutation must not be taken from a cache.
export default defineConfig({
  root: `${import.meta.dirname}/../../..`,
  test: { ...tests.test, include: ["test/**/*.{test,proof}.ts"], maxWorkers: 1, fsModuleCache: false },
  plugins: [
    {
      name: "mutation",
      enforce: "pre",
      transform: (source, id) => (id.endsWith(`/${mutation.file}`) ? mutated(source, mutation) : undefined),
    },
  ],
})
