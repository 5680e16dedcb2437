/** One folder without dependencies: a command starts fast, and the package and the image hold nothing else. */
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
  deps: { alwaysBundle: [/.*/] },
  plugins: [thirdPartyNotices()],
})
