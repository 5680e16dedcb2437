/**
 * A sample site in a process of its own, so that serving it takes no time from what is measured. The options come as JSON
 * in the first argument, with `prepared` for answers that are made once; the address and a config that reads the site go to stdout as
 * one line of JSON. It ends with its standard input, so that no site outlives the benchmark.
 */
import { startSampleSite } from "../src/sample-site/server.ts"
import { servePrepared } from "./preparedAnswers.ts"

const { prepared, ...options } = JSON.parse(process.argv[2] ?? "{}")
const { site, url } = await startSampleSite(options)
if (prepared !== undefined) await servePrepared(site, prepared === "with line ends")
process.stdout.write(
  `${JSON.stringify({ url, config: site.config(), serviceAccount: site.config("service_account") })}\n`,
)
process.stdin.on("end", () => process.exit()).resume()
