/**
 * One folder without dependencies: a command starts fast, and the package and the image hold nothing else. DuckDB alone is a package beside
 * it: it is machine code, and only `extract` loads it.
 */
import { defineConfig } from "tsdown"
import { thirdPartyNotices } from "./scripts/thirdPartyNotices.ts"

export default defineConfig({
  entry: { main: "src/main.ts" },
  outDir: "dist",
  format: "esm",
  platform: "node",
  target: "node24",
  fixedExtension: true,
  dts: false,
  clean: true,
  minify: false,
  deps: { alwaysBundle: [/^(?!@duckdb\/)/], neverBundle: [/^@duckdb\//] },
  plugins: [thirdPartyNotices()],
})
