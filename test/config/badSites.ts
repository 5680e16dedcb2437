/** Configs with a bad site or bad credentials. */
import { apiToken, bad, type BadConfig, badSetting, DATE, good, HTTPS, onCloud, PUBLIC, SECRETS } from "./badConfig.ts"

const [TOKEN, CLIENT_SECRET, REFRESH_TOKEN] = SECRETS
const oauth = { auth_type: "oauth2.0", client_id: "app", client_secret: CLIENT_SECRET, refresh_token: REFRESH_TOKEN }

const SITE = `"domain_name" must be the site's address, such as "acme.atlassian.net"`
const SITE_MISSING = `"domain_name" is missing: give the site's address, such as "acme.atlassian.net".`
const CREDENTIALS_MISSING = `"credentials" is missing: give "auth_type" and what belongs to it, such as "email" and "api_token".`
const NO_USER = `"domain_name" must be the site's address alone, such as "acme.atlassian.net", without a user name or "@".`
const AUTH_TYPE = `"oauth2.0", "service_account" or "api_token"`
const EMAIL = `must be the email address of your Atlassian account, such as "you@example.com"`
const EMAIL_HINT = "give the email address of the Atlassian account that the API token belongs to."
const TOKEN_FORM = "must be the API token, without blanks or line breaks"
const TOKEN_HINT = "create one at https://id.atlassian.com/manage-profile/security/api-tokens."

const wholes: ReadonlyArray<BadConfig> = [
  bad("null", null, "The config must be a JSON object, but is null."),
  bad("a list", [good], "The config must be a JSON object, but is a list."),
  bad("a text", "acme", "The config must be a JSON object, but is a string."),
  bad("a number", 7, "The config must be a JSON object, but is a number."),
  bad("an empty object", {}, SITE_MISSING, CREDENTIALS_MISSING),
  bad("nulls alone", { domain_name: null, credentials: null }, SITE_MISSING, CREDENTIALS_MISSING),
  bad("keys of another connector", { subdomain: "acme", token: TOKEN }, SITE_MISSING, CREDENTIALS_MISSING),
]

const sites: ReadonlyArray<BadConfig> = [
  badSetting("a site that is missing", { domain_name: undefined }, SITE_MISSING),
  badSetting("a blank site", { domain_name: "  " }, SITE_MISSING.replace("missing", "empty")),
  badSetting("a site that is a number", { domain_name: 42 }, `${SITE}, but is a number.`),
  badSetting("a site that is a list", { domain_name: ["acme"] }, `${SITE}, but is a list.`),
  badSetting("a site with a blank inside", { domain_name: "acme inc" }, `${SITE}.`),
  badSetting("a site with an underscore", { domain_name: "acme_inc.example.com" }, `${SITE}.`),
  badSetting("a site with an empty label", { domain_name: "acme..atlassian.net" }, `${SITE}.`),
  badSetting("a site that ends in a hyphen", { domain_name: "acme-" }, `${SITE}.`),
  badSetting("a scheme without a host", { domain_name: "https://" }, `${SITE}.`),
  badSetting("a path without a host", { domain_name: "/wiki/spaces/ENG" }, `${SITE}.`),
  badSetting("a port beyond the range", { domain_name: "acme.atlassian.net:99999" }, `${SITE}.`),
  badSetting("a site's name with a port", { domain_name: "acme:8080" }, `${SITE}.`),
  badSetting("plain http", { domain_name: "http://acme.atlassian.net" }, HTTPS),
  badSetting("plain http to a private address", { domain_name: "http://10.0.0.7:8080" }, HTTPS),
  badSetting(
    "plain http to a name that only looks like loopback",
    { domain_name: "http://127.0.0.1.example.com" },
    HTTPS,
  ),
  badSetting("another scheme", { domain_name: "ftp://acme.atlassian.net" }, HTTPS),
  badSetting("an email address", { domain_name: "ada@acme.com" }, NO_USER),
  badSetting("a password in the address", { domain_name: `https://ada:${TOKEN}@acme.atlassian.net` }, NO_USER),
  badSetting(
    "the gateway",
    { domain_name: "https://api.atlassian.com/ex/confluence/1-2/wiki" },
    `"domain_name" must be the site's own address, such as "acme.atlassian.net", not api.atlassian.com.`,
  ),
  badSetting(
    "the domain of all sites",
    { domain_name: "atlassian.net" },
    `"domain_name" must be the site's own address, such as "acme.atlassian.net", not atlassian.net.`,
  ),
  onCloud(badSetting("loopback on Cloud", { domain_name: "http://127.0.0.1:8080" }, `"domain_name" ${PUBLIC}`)),
  onCloud(badSetting("https loopback on Cloud", { domain_name: "https://localhost:8443" }, `"domain_name" ${PUBLIC}`)),
  onCloud(badSetting("a private address on Cloud", { domain_name: "https://192.168.1.20" }, `"domain_name" ${PUBLIC}`)),
  onCloud(
    badSetting("a cloud's metadata service on Cloud", { domain_name: "169.254.169.254" }, `"domain_name" ${PUBLIC}`),
  ),
  onCloud(
    badSetting("loopback written as one number on Cloud", { domain_name: "https://0x7f.1" }, `"domain_name" ${PUBLIC}`),
  ),
  onCloud(
    badSetting(
      "a mapped loopback address on Cloud",
      { domain_name: "https://[::ffff:127.0.0.1]" },
      `"domain_name" ${PUBLIC}`,
    ),
  ),
  onCloud(badSetting("an internal name on Cloud", { domain_name: "https://wiki.internal" }, `"domain_name" ${PUBLIC}`)),
  onCloud(badSetting("plain http on Cloud", { domain_name: "http://acme.atlassian.net" }, HTTPS)),
]

const credentials: ReadonlyArray<BadConfig> = [
  badSetting("credentials that are missing", { credentials: undefined }, CREDENTIALS_MISSING),
  badSetting("credentials that hold nothing", { credentials: { auth_type: "", email: null } }, CREDENTIALS_MISSING),
  badSetting(
    "credentials that are a text",
    { credentials: TOKEN },
    `"credentials" must be an object, but is a string.`,
  ),
  badSetting(
    "credentials that are a list",
    { credentials: [apiToken] },
    `"credentials" must be an object, but is a list.`,
  ),
  badSetting(
    "no auth_type",
    { credentials: { email: "ada@example.com", api_token: TOKEN } },
    `"credentials.auth_type" is missing: it must be ${AUTH_TYPE}.`,
  ),
  badSetting(
    "an unknown auth_type",
    { credentials: { ...apiToken, auth_type: "basic" } },
    `"credentials.auth_type" must be ${AUTH_TYPE}, but is "basic".`,
  ),
  badSetting(
    "a token as auth_type",
    { credentials: { ...apiToken, auth_type: TOKEN } },
    `"credentials.auth_type" must be ${AUTH_TYPE}, but is a string.`,
  ),
  badSetting(
    "a number as auth_type",
    { credentials: { ...apiToken, auth_type: 2 } },
    `"credentials.auth_type" must be ${AUTH_TYPE}, but is 2.`,
  ),
  badSetting(
    "no email",
    { credentials: { auth_type: "api_token", api_token: TOKEN } },
    `"credentials.email" is missing: ${EMAIL_HINT}`,
  ),
  badSetting(
    "an empty email",
    { credentials: { ...apiToken, email: "" } },
    `"credentials.email" is empty: ${EMAIL_HINT}`,
  ),
  badSetting("an email without @", { credentials: { ...apiToken, email: "ada" } }, `"credentials.email" ${EMAIL}.`),
  badSetting(
    "an email with a colon",
    { credentials: { ...apiToken, email: "a:b@example.com" } },
    `"credentials.email" ${EMAIL}.`,
  ),
  badSetting(
    "a token in place of the email",
    { credentials: { ...apiToken, email: TOKEN } },
    `"credentials.email" ${EMAIL}.`,
  ),
  badSetting(
    "an email that is an object",
    { credentials: { ...apiToken, email: { a: 1 } } },
    `"credentials.email" ${EMAIL}, but is an object.`,
  ),
  badSetting(
    "no token",
    { credentials: { auth_type: "api_token", email: "ada@example.com" } },
    `"credentials.api_token" is missing: ${TOKEN_HINT}`,
  ),
  badSetting(
    "an empty token",
    { credentials: { ...apiToken, api_token: " \n" } },
    `"credentials.api_token" is empty: ${TOKEN_HINT}`,
  ),
  badSetting(
    "a token that is a number",
    { credentials: { ...apiToken, api_token: 424242 } },
    `"credentials.api_token" ${TOKEN_FORM}, but is a number.`,
  ),
  badSetting(
    "a token on two lines",
    { credentials: { ...apiToken, api_token: `${TOKEN}\n${TOKEN}` } },
    `"credentials.api_token" ${TOKEN_FORM}.`,
  ),
  badSetting(
    "a token with a word before it",
    { credentials: { ...apiToken, api_token: `Bearer ${TOKEN}` } },
    `"credentials.api_token" ${TOKEN_FORM}.`,
  ),
  badSetting(
    "OAuth without anything",
    { credentials: { auth_type: "oauth2.0" } },
    `"credentials.client_id" is missing: give the client id that Atlassian shows for the OAuth 2.0 app or the service account's credential.`,
    `"credentials.client_secret" is missing: give the secret that belongs to the client id.`,
    `"credentials.refresh_token" is missing: sign in again to get one.`,
  ),
  badSetting(
    "OAuth without a refresh token",
    { credentials: { ...oauth, refresh_token: "" } },
    `"credentials.refresh_token" is empty: sign in again to get one.`,
  ),
  badSetting(
    "an access token that is a number",
    { credentials: { ...oauth, access_token: 1 } },
    `"credentials.access_token" must be the access token, without blanks or line breaks, but is a number.`,
  ),
  badSetting(
    "an expiry without a time zone",
    { credentials: { ...oauth, token_expiry_date: "2026-01-31T00:00:00" } },
    `"credentials.token_expiry_date" ${DATE}.`,
  ),
  badSetting(
    "a service account without a secret",
    { credentials: { auth_type: "service_account", client_id: "app" } },
    `"credentials.client_secret" is missing: give the secret that belongs to the client id.`,
  ),
  badSetting(
    "a client id that is a number",
    { credentials: { auth_type: "service_account", client_id: 5, client_secret: CLIENT_SECRET } },
    `"credentials.client_id" must be the client id of your OAuth 2.0 app, but is a number.`,
  ),
  bad(
    "a flat config without a token",
    { domain_name: "acme", email: "ada@example.com" },
    `"api_token" is missing: ${TOKEN_HINT}`,
  ),
  bad(
    "a flat config with an empty email",
    { domain_name: "acme", email: "", api_token: TOKEN },
    `"email" is empty: ${EMAIL_HINT}`,
  ),
  bad("a flat config with a bad email", { domain_name: "acme", email: "ada", api_token: TOKEN }, `"email" ${EMAIL}.`),
]

export const badSites: ReadonlyArray<BadConfig> = [...wholes, ...sites, ...credentials]
