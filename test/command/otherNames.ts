/** Loaded into the connector's process before it starts (`node --import`): hosts below `resolves.example` are this machine. */
import dns, { type LookupAddress, type LookupOptions } from "node:dns"
import { syncBuiltinESMExports } from "node:module"

type Answer = (error: Error | null, address: string | ReadonlyArray<LookupAddress>, family?: number) => void

const usual = dns.lookup as (hostname: string, options: LookupOptions, answer: Answer) => void

dns.lookup = ((hostname: string, options: LookupOptions, answer: Answer) => {
  if (!hostname.endsWith("resolves.example")) usual(hostname, options, answer)
  else if (options.all === true) process.nextTick(answer, null, [{ address: "127.0.0.1", family: 4 }])
  else process.nextTick(answer, null, "127.0.0.1", 4)
}) as unknown as typeof dns.lookup
syncBuiltinESMExports()
