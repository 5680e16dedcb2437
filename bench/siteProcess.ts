/**
 * A sample site in a process of its own, so that serving it takes no time from what is measured. The options come as JSON
 * in the first argument, with `prepared` for answers that are made once, `restricted` for so many pages that only some may read, and
 * `membersPerGroup` for groups that are as large as that on the average; the address and a config that reads the site go to stdout as one
 * line of JSON. It ends with its standard input, so that no site outlives the benchmark.
 */
import type { SampleSite } from "../src/sample-site/SampleSite.ts"
import { startSampleSite } from "../src/sample-site/server.ts"
import { servePrepared } from "./preparedAnswers.ts"

/** Restricts pages, evenly among all, to the credential, another user and a group. */
const restrict = (site: SampleSite, count: number): void => {
  const pages = site.pages.size
  for (let at = 0; at < count; at++) {
    const page = site.pages.get(Math.floor(((at + 0.5) * pages) / count))!
    const users = [0, 1 + (at % 40)].map((user) => site.users[user]!.accountId)
    site.setRestriction(page.id, { users, groups: [site.groups[at % site.groups.length]!.id] })
  }
}

/** Leaves each group but the first, which is of everybody, 1 to twice as many members as the average, side by side among the people. */
const thinOut = (site: SampleSite, average: number): void => {
  const { users, groups } = site
  for (const [at, { members }] of groups.entries()) {
    if (at === 0) continue
    members.clear()
    const count = 1 + ((at * 37) % (2 * average - 1))
    for (let member = 0; member < count; member++) members.add(users[(at * 11 + member) % users.length]!.accountId)
  }
}

const { prepared, restricted = 0, membersPerGroup = 0, ...options } = JSON.parse(process.argv[2] ?? "{}")
const { site, url } = await startSampleSite(options)
if (membersPerGroup > 0) thinOut(site, membersPerGroup)
restrict(site, restricted)
if (prepared !== undefined) await servePrepared(site, prepared === "with line ends")
process.stdout.write(
  `${JSON.stringify({ url, config: site.config(), serviceAccount: site.config("service_account") })}\n`,
)
process.stdin.on("end", () => process.exit()).resume()
