/** The pages of the sample site's authorization server, whole in themselves: nothing is fetched from anywhere. */
import type { Answer } from "./answers.ts"
import { OFFLINE_ACCESS } from "./Grants.ts"
import type { ConfluenceSite } from "./options.ts"

/** The name of the registered app. */
export const SAMPLE_APP_NAME = "Northwind Data Platform"

/** What stands for all of the sites in the choice of them. */
export const ALL_SITES = "all"

/** What the page of consent shows and hands on. */
export interface ConsentPageParts {
  /** Who is asked. */
  readonly email: string
  readonly scopes: readonly string[]
  readonly sites: readonly ConfluenceSite[]
  /** The host that the browser goes back to. */
  readonly callback: string
  /** The app's parameters, for the form. */
  readonly carried: readonly (readonly [name: string, value: string])[]
}

const STYLE = `
:root { color-scheme: light dark; --ink: #172b4d; --dim: #5e6c84; --line: #dfe1e6; --card: #fff; --ground: #f4f5f7; --blue: #0052cc }
@media (prefers-color-scheme: dark) { :root { --ink: #dee4ea; --dim: #9fadbc; --line: #38414a; --card: #22272b; --ground: #161a1d; --blue: #2f6fd6 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 480px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 8px 24px rgb(9 30 66 / 12%) }
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.3 }
h2 { margin: 24px 0 8px; font-size: 15px }
p { margin: 0 0 8px; overflow-wrap: anywhere } .dim { color: var(--dim); font-size: 13px }
ul { margin: 0; padding: 8px 12px; max-height: 260px; overflow: auto; border: 1px solid var(--line); border-radius: 8px; list-style: none }
li { padding: 3px 0; overflow-wrap: anywhere } code { font: 13px ui-monospace, monospace }
select { width: 100%; padding: 8px; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px }
footer { display: flex; gap: 12px; margin-top: 28px }
button { padding: 9px 20px; font: 600 15px system-ui, sans-serif; border-radius: 6px; border: 1px solid var(--line); color: inherit; background: transparent; cursor: pointer }
button[value=accept] { color: #fff; background: var(--blue); border-color: var(--blue) }
`

const page = (status: number, title: string, content: string): Answer => ({
  status,
  headers: {
    "content-type": "text/html;charset=UTF-8",
    "cache-control": "no-store",
    // Not form-action: browsers apply it to the way back to the app as well.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  },
  body: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main>
${content}
</main></body></html>
`,
})

/** The page on which a person accepts what an app asks for, or cancels. */
export const consentPage = ({ email, scopes, sites, callback, carried }: ConsentPageParts): Answer =>
  page(
    200,
    `Authorize ${SAMPLE_APP_NAME}`,
    `<h1>${escaped(SAMPLE_APP_NAME)} asks for access to your Confluence</h1>
<p class="dim">You are ${escaped(email)}. This is a sample site: nothing here is real.</p>
<form method="post" action="/authorize">
${carried.map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`).join("\n")}
<h2>${sites.length === 1 ? "Site" : '<label for="site">Use the app on</label>'}</h2>
${siteChoice(sites)}
<h2>It may</h2>
<ul>
${scopes.map((scope) => `<li>${scopeText(scope)}</li>`).join("\n")}
</ul>
<footer><button name="decision" value="accept">Accept</button><button name="decision" value="cancel">Cancel</button></footer>
</form>
<p class="dim" style="margin-top: 16px">Then you go back to ${escaped(callback)}.</p>`,
  )

/** The page that says why an app's request cannot be shown at all. */
export const errorPage = (problem: string): Answer =>
  page(400, "Something went wrong", `<h1>Something went wrong</h1>\n<p>${escaped(problem)}</p>`)

const siteChoice = (sites: readonly ConfluenceSite[]): string => {
  const [only, another] = sites
  if (only !== undefined && another === undefined)
    return `<p>${escaped(only.name)} <span class="dim">${escaped(only.url)}</span></p>`
  const options = sites.map(
    ({ id, name, url }) => `<option value="${escaped(id)}">${escaped(name)} (${escaped(url)})</option>`,
  )
  return `<select id="site" name="site">\n${options.join("\n")}\n<option value="${ALL_SITES}">All sites</option>\n</select>`
}

const scopeText = (scope: string): string =>
  `<code>${escaped(scope)}</code>${scope === OFFLINE_ACCESS ? ' <span class="dim">go on while you are away</span>' : ""}`

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
