/** `sample-site`: serves a simulated Confluence Cloud site on loopback until it is stopped, and prints a config that reads it. */
import { once } from "node:events"
import { startSampleSite } from "../sample-site/server.ts"

/** `numbers`: the flags port, pages, seed, latency (milliseconds) and rate-limit (requests a second). */
export const serveSampleSite = async (numbers: Readonly<Record<string, number>>): Promise<void> => {
  const { latency: latencyMs, "rate-limit": rateLimit, ...same } = numbers
  const options = Object.entries({ ...same, latencyMs, rateLimit }).filter(([, value]) => value !== undefined)
  const sample = await startSampleSite(Object.fromEntries(options))
  process.stdout.write(`${JSON.stringify(sample.site.config(), undefined, 2)}\n`)
  process.stderr.write(`A sample site is at ${sample.url}/wiki; its control interface at ${sample.url}/_control/.\n`)
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")])
  await sample.close()
}
