/** Configs that are bad in a setting beside the site and the credentials. */
import { type BadConfig, badSetting, HTTPS, onCloud, PUBLIC, SECRETS } from "./badConfig.ts"

const [, , , ORG_KEY] = SECRETS

const WORKERS = `"num_workers" must be a whole number from 1 to 50`
const ENDPOINT = `must be an address such as "https://api.atlassian.com", without a path`
const CSV = `"user_emails_csv" must be the export of users: its text, a path or an https:// address`

export const badSettings: ReadonlyArray<BadConfig> = [
  badSetting(
    "an unknown body format",
    { body_format: "view" },
    `"body_format" must be "storage", "atlas_doc_format" or "none", but is "view".`,
  ),
  badSetting(
    "a body format in capitals",
    { body_format: "STORAGE" },
    `"body_format" must be "storage", "atlas_doc_format" or "none", but is "STORAGE".`,
  ),
  badSetting(
    "a body format that is false",
    { body_format: false },
    `"body_format" must be "storage", "atlas_doc_format" or "none", but is false.`,
  ),
  badSetting(
    "types of custom content that are a text",
    { custom_content_types: "ac:x:y" },
    `"custom_content_types" must be a list of types of custom content, but is a string.`,
  ),
  badSetting(
    "a type of custom content that is a number",
    { custom_content_types: [4] },
    `"custom_content_types[0]" must be a type of custom content, such as "ac:my-app:my-type", but is a number.`,
  ),
  badSetting("attachments that are true", { attachments: true }, `"attachments" must be an object, but is a boolean.`),
  badSetting(
    "a file size below 0",
    { attachments: { max_file_size_mb: -1 } },
    `"attachments.max_file_size_mb" must be a number of 0 or more, but is -1.`,
  ),
  badSetting(
    "a media type without a slash",
    { attachments: { media_types: ["pdf"] } },
    `"attachments.media_types[0]" must be a media type, such as "application/pdf" or "image/*".`,
  ),
  badSetting(
    "a reconciliation below -1",
    { reconcile_interval_hours: -2 },
    `"reconcile_interval_hours" must be a number of -1 or more, but is -2.`,
  ),
  badSetting(
    "a look-back below 0",
    { lookback_minutes: -0.5 },
    `"lookback_minutes" must be a number of 0 or more, but is -0.5.`,
  ),
  badSetting(
    "a look-back without end",
    { lookback_minutes: JSON.parse("1e999") },
    `"lookback_minutes" must be a number of 0 or more, but is Infinity.`,
  ),
  badSetting(
    "more than all deletions",
    { max_deletion_percent: 101 },
    `"max_deletion_percent" must be a number from 0 to 100, but is 101.`,
  ),
  badSetting(
    "a percentage as a text",
    { max_deletion_percent: "50%" },
    `"max_deletion_percent" must be a number from 0 to 100, but is a string.`,
  ),
  badSetting("a list of users", { user_emails_csv: ["ada@example.com"] }, `${CSV}, but is a list.`),
  badSetting(
    "an export of users by plain http",
    { user_emails_csv: "http://files.example.com/users.csv?sig=1" },
    `${CSV} (not http://).`,
  ),
  badSetting("an export of users at no address", { user_emails_csv: "https://" }, `${CSV}.`),
  badSetting(
    "an export of users at an address with a password",
    { user_emails_csv: "https://you:sesame-open@files.example.com/users.csv" },
    `"user_emails_csv" must be an address without a user name or password.`,
  ),
  onCloud(
    badSetting(
      "an export of users at a private address on Cloud",
      { user_emails_csv: "https://10.1.2.3/users.csv?sig=1" },
      `"user_emails_csv" ${PUBLIC}`,
    ),
  ),
  onCloud(
    badSetting(
      "an export of users as a path on Cloud",
      { user_emails_csv: "/data/users.csv" },
      `${CSV} (on Airbyte Cloud not a path, for your files are not there).`,
    ),
  ),
  badSetting(
    "an organization without a key",
    { organization: { id: "o-1", api_key: "" } },
    `"organization.api_key" is empty: give an API key of your Atlassian organization.`,
  ),
  badSetting(
    "an organization without an id",
    { organization: { api_key: ORG_KEY } },
    `"organization.id" is missing: give the id of your Atlassian organization.`,
  ),
  badSetting(
    "an organization that is a key",
    { organization: ORG_KEY },
    `"organization" must be an object, but is a string.`,
  ),
  badSetting("no workers", { num_workers: 0 }, `${WORKERS}, but is 0.`),
  badSetting("too many workers", { num_workers: 51 }, `${WORKERS}, but is 51.`),
  badSetting("half a worker", { num_workers: 1.5 }, `${WORKERS}, but is 1.5.`),
  badSetting("workers as a text", { num_workers: "8" }, `${WORKERS}, but is "8".`),
  badSetting("workers as true", { num_workers: true }, `${WORKERS}, but is true.`),
  badSetting(
    "an endpoint with a path",
    { endpoints: { gateway: "https://api.atlassian.com/ex" } },
    `"endpoints.gateway" ${ENDPOINT}.`,
  ),
  badSetting(
    "an endpoint without a scheme",
    { endpoints: { auth: "auth.atlassian.com" } },
    `"endpoints.auth" ${ENDPOINT}.`,
  ),
  badSetting(
    "an endpoint that is a number",
    { endpoints: { admin: 1 } },
    `"endpoints.admin" ${ENDPOINT}, but is a number.`,
  ),
  badSetting(
    "an endpoint by plain http",
    { endpoints: { gateway: "http://api.atlassian.com" } },
    HTTPS.replace("domain_name", "endpoints.gateway"),
  ),
  onCloud(
    badSetting(
      "a private endpoint on Cloud",
      { endpoints: { gateway: "https://10.1.2.3" } },
      `"endpoints.gateway" ${PUBLIC}`,
    ),
  ),
]
