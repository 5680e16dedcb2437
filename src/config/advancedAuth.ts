/**
 * How the platform's own "Authenticate" button signs somebody in (`advanced_auth` of the SPEC message): declarative, since the
 * platform has no flow for Atlassian. Its templates are Jinja; `*_param` stands for `key=value` and `*_value` for the value
 * alone, of which scope and redirect address are percent-encoded in the first form. With parameters and this content type the
 * token request is JSON ("OAuth Authentication Methods" of Airbyte's documentation).
 */
import { endpoints } from "./settings.ts"

/** What the app is, which the platform or its administrator gives: kept out of the form where it is given. */
const app = (at?: (key: string) => object) => ({
  type: "object",
  additionalProperties: true,
  required: ["client_id", "client_secret"],
  properties: {
    client_id: { type: "string", ...at?.("client_id") },
    client_secret: { type: "string", ...at?.("client_secret") },
  },
})

const inCredentials = (key: string) => ({ path_in_connector_config: ["credentials", key] })

const answered = (key: string, field: string) => ({
  type: "string",
  ...inCredentials(key),
  path_in_oauth_response: [field],
})

/** Atlassian's authorization code grant (3LO), with these scopes. */
export const advancedAuth = (scopes: ReadonlyArray<string>) => ({
  auth_flow_type: "oauth2.0",
  predicate_key: ["credentials", "auth_type"],
  predicate_value: "oauth2.0",
  oauth_config_specification: {
    oauth_connector_input_specification: {
      // Without `prompt=consent` Atlassian may skip the page on which the site is chosen.
      consent_url:
        `${endpoints.auth}/authorize?audience=api.atlassian.com&{{ client_id_param }}&{{ scope_param }}` +
        "&{{ redirect_uri_param }}&{{ state_param }}&response_type=code&prompt=consent",
      scope: scopes.join(" "),
      access_token_url: `${endpoints.auth}/oauth/token`,
      access_token_headers: { "Content-Type": "application/json", Accept: "application/json" },
      access_token_params: {
        grant_type: "authorization_code",
        client_id: "{{ client_id_value }}",
        client_secret: "{{ client_secret_value }}",
        code: "{{ auth_code_value }}",
        redirect_uri: "{{ redirect_uri_value }}",
      },
      // From the seconds of `expires_in` the platform makes `token_expiry_date`.
      extract_output: ["access_token", "refresh_token", "expires_in"],
      // More than can be guessed. The state's characters need no encoding.
      state: { min: 32, max: 64 },
    },
    complete_oauth_output_specification: {
      type: "object",
      additionalProperties: true,
      required: ["access_token", "refresh_token", "token_expiry_date"],
      properties: {
        access_token: answered("access_token", "access_token"),
        refresh_token: answered("refresh_token", "refresh_token"),
        token_expiry_date: answered("token_expiry_date", "expires_in"),
      },
    },
    complete_oauth_server_input_specification: app(),
    complete_oauth_server_output_specification: app(inCredentials),
  },
})
