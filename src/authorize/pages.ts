/**
 * What the browser shows: pages without anything from elsewhere, kept nowhere. Most take the place of the callback address in
 * the browser's history, because that holds the authorization code.
 */
import { createHash } from "node:crypto"
import type { GrantedSite } from "../confluence/GrantedSites.ts"

/** An answer to a browser. */
export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly html: string
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
button { font: inherit; display: block; width: 100%; margin: .5rem 0; padding: .7rem 1rem; text-align: left; cursor: pointer; }
small { display: block; opacity: .75; }
`

/** The address of a page that is over leads nowhere. */
const SCRIPT = `history.replaceState(null, "", "/")`

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!)

const page = (
  title: string,
  body: string,
  { status = 200, over = true, headers = {} }: Partial<Pick<Page, "status" | "headers">> & { readonly over?: boolean },
): Page => ({
  status,
  headers: { ...HEADERS, ...headers },
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(title)} – source-confluence</title>
<style>${STYLE}</style>
</head>
<body><main><h1>${escaped(title)}</h1>${body}</main>${over ? `<script>${SCRIPT}</script>` : ""}</body>
</html>
`,
})

/** The config has been written. */
export const donePage = (site: GrantedSite): Page =>
  page(
    "It worked",
    `<p>source-confluence has access to <strong>${escaped(site.name)}</strong> (${escaped(new URL(site.url).host)}), and the config has been written.</p><p>You can close this window.</p>`,
    {},
  )

/** It came to nothing; `message` says why. */
export const failedPage = (message: string): Page =>
  page("It did not work", `<p>${escaped(message)}</p><p>You can close this window. The terminal says the same.</p>`, {
    status: 400,
  })

/** One button for each site; `message` says why there is a choice. The page's own address takes the answer. */
export const choicePage = (sites: ReadonlyArray<GrantedSite>, message: string): Page =>
  page(
    "Which site?",
    `<p>${escaped(message)}</p><form method="post">${sites
      .map(
        ({ cloudId, name, url }) =>
          `<button name="site" value="${escaped(cloudId)}">${escaped(name)}<small>${escaped(new URL(url).host)}</small></button>`,
      )
      .join("")}</form>`,
    { over: false },
  )

/** The callback address without an answer of the OAuth server. */
export const strayPage: Page = page(
  "Nothing to see here",
  "<p>This address takes Atlassian's answer to a request of source-confluence. Open the address that the terminal shows.</p>",
  { status: 400 },
)

export const notFoundPage: Page = page("Not found", "<p>There is nothing at this address.</p>", {
  status: 404,
  over: false,
})

export const tooLongPage: Page = page("Too long", "<p>No form of this server is so long.</p>", {
  status: 413,
  over: false,
})

export const wrongMethodPage = (allowed: string): Page =>
  page("Not allowed", `<p>This address takes ${allowed} alone.</p>`, {
    status: 405,
    over: false,
    headers: { allow: allowed },
  })

/** Leads to a path of the same server. */
export const redirectTo = (path: string): Page =>
  page("Which site?", "", { status: 303, over: false, headers: { location: path } })
