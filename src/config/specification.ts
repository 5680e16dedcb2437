/**
 * What `spec` answers: the settings form that Airbyte shows. Its limits and defaults are those of the decoder (settings.ts);
 * it shows only what this version acts on. The command itself prints src/generated/spec.json, so that it starts at once.
 * Keywords: "Connector Specification Reference" of Airbyte's documentation.
 */
import { advancedAuth } from "./advancedAuth.ts"
import { emailsForm } from "./emailsForm.ts"
import { filtersForm } from "./filtersForm.ts"
import * as allowed from "./settings.ts"

const HOME = "https://github.com/source-confluence/source-confluence"

/** A value that JSON can hold. */
type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

const clientSecret = (description: string): Json => ({
  title: "Client Secret",
  description,
  type: "string",
  pattern: allowed.apiTokenPattern,
  pattern_descriptor: "one line without blanks",
  airbyte_secret: true,
  order: 2,
})

/** On a platform with an app of its own, the platform fills in all of this. */
const oauth: Json = {
  title: "OAuth 2.0",
  description: "You sign in with your Atlassian account in a browser and let an app read what you may read.",
  type: "object",
  required: ["auth_type", "client_id", "client_secret", "refresh_token"],
  additionalProperties: true,
  properties: {
    auth_type: { type: "string", const: "oauth2.0", order: 0 },
    client_id: {
      title: "Client ID",
      description:
        'The client ID of your OAuth 2.0 app. You find it at <a href="https://developer.atlassian.com/console/myapps/">developer.atlassian.com</a>, in the settings of the app.',
      type: "string",
      order: 1,
    },
    client_secret: clientSecret("The secret of your OAuth 2.0 app. You find it beside the client ID."),
    refresh_token: {
      title: "Refresh Token",
      description:
        "The token that renews your access. You get it by signing in; it works once, and the connector replaces it by the next one.",
      type: "string",
      pattern: allowed.apiTokenPattern,
      pattern_descriptor: "one line without blanks",
      airbyte_secret: true,
      order: 3,
    },
    access_token: {
      title: "Access Token",
      description: "The token of the current hour. You leave it empty: the connector gets one and replaces it.",
      type: "string",
      airbyte_secret: true,
      order: 4,
    },
    token_expiry_date: {
      title: "Token Expiry Date",
      description: "When the access token ends. You leave it empty: the connector fills it in.",
      type: "string",
      format: "date-time",
      pattern: allowed.dateTimePattern,
      pattern_descriptor: "YYYY-MM-DDTHH:mm:ss.SSSZ",
      examples: ["2026-01-31T12:00:00.000Z"],
      order: 5,
    },
  },
}

const serviceAccount: Json = {
  title: "Service Account",
  description: "You sign in as a service account of your organization, with an OAuth 2.0 credential of it.",
  type: "object",
  required: ["auth_type", "client_id", "client_secret"],
  additionalProperties: true,
  properties: {
    auth_type: { type: "string", const: "service_account", order: 0 },
    client_id: {
      title: "Client ID",
      description:
        'The client ID of the OAuth 2.0 credential of your service account. You create it at <a href="https://admin.atlassian.com">admin.atlassian.com</a> under Directory, Service accounts.',
      type: "string",
      order: 1,
    },
    client_secret: clientSecret("The secret of that credential. You see it once, when you create the credential."),
  },
}

const apiToken: Json = {
  title: "API Token",
  description:
    "You sign in with the email address of an Atlassian account and one of its API tokens, with or without scopes.",
  type: "object",
  required: ["auth_type", "email", "api_token"],
  additionalProperties: true,
  properties: {
    auth_type: { type: "string", const: "api_token", order: 0 },
    email: {
      title: "Email",
      description: "The email address of the Atlassian account that your API token belongs to.",
      type: "string",
      pattern: allowed.emailPattern,
      pattern_descriptor: "you@example.com",
      examples: ["you@example.com"],
      order: 1,
    },
    api_token: {
      title: "API Token",
      description:
        'Your API token. You create it at <a href="https://id.atlassian.com/manage-profile/security/api-tokens">id.atlassian.com</a>; it reads what your account may read.',
      type: "string",
      pattern: allowed.apiTokenPattern,
      pattern_descriptor: "one line without blanks",
      airbyte_secret: true,
      order: 2,
    },
  },
}

/** The payload of the SPEC message (`ConnectorSpecification` of the protocol); `scopes` is what the sign-in asks for. */
export const specification = (scopes: ReadonlyArray<string>) =>
  ({
    protocol_version: "0.18.0",
    documentationUrl: `${HOME}#readme`,
    changelogUrl: `${HOME}/blob/main/CHANGELOG.md`,
    connectionSpecification: {
      $schema: "http://json-schema.org/draft-07/schema#",
      title: "Confluence Cloud",
      type: "object",
      required: ["domain_name", "credentials"],
      additionalProperties: true,
      groups: [
        { id: "site", title: "Site" },
        { id: "filters", title: "Filters" },
        { id: "emails", title: "E-mail addresses" },
        { id: "sync", title: "Sync" },
      ],
      properties: {
        domain_name: {
          title: "Site Address",
          description: "The address of your Confluence Cloud site. You can also paste the address of one of its pages.",
          type: "string",
          pattern: allowed.domainNamePattern,
          pattern_descriptor: "acme.atlassian.net",
          examples: ["acme.atlassian.net", "https://acme.atlassian.net/wiki"],
          group: "site",
          order: 0,
        },
        credentials: {
          title: "Authentication",
          description: "How you sign in to your site.",
          type: "object",
          oneOf: [oauth, serviceAccount, apiToken],
          group: "site",
          order: 1,
        },
        filters: filtersForm,
        custom_content_types: {
          title: "Custom Content Types",
          description:
            'The types of custom content that you want in your stream "custom_content": what apps keep in Confluence. Those of Connect apps are called ac:app-key:module-key, those of Forge apps forge:app-id:environment-id:module-key. If you leave this empty, the stream is empty.',
          type: "array",
          items: { type: "string", minLength: 1 },
          default: [],
          examples: [["ac:com.example.diagrams:diagram"]],
          group: "filters",
          order: 1,
        },
        body_format: {
          title: "Body Format",
          description:
            'The format in which you get the bodies of pages, blog posts and comments: "storage" (XHTML with macros), "atlas_doc_format" (JSON), or "none" if you do not need them.',
          type: "string",
          enum: allowed.bodyFormats,
          default: "storage",
          always_show: true,
          group: "sync",
          order: 2,
        },
        num_workers: {
          title: "Number of Workers",
          description:
            "The most requests that you allow in flight at once. The connector slows down by itself when your site asks it to.",
          type: "integer",
          ...allowed.numWorkers,
          examples: [4, 8, 16],
          group: "sync",
          order: 3,
        },
        reconcile_interval_hours: {
          title: "Hours Between Reconciliations",
          description:
            "How often your incremental syncs also compare everything, to find moves, deletions and lost permissions, which carry no new version. With 0 every sync does, with -1 none does.",
          type: "number",
          ...allowed.reconcileIntervalHours,
          examples: [0, 6, 24],
          group: "sync",
          order: 4,
        },
        lookback_minutes: {
          title: "Lookback Minutes",
          description:
            "How far behind the newest change that it knows an incremental sync looks again, because your site may show changes late.",
          type: "number",
          ...allowed.lookbackMinutes,
          examples: [10],
          group: "sync",
          order: 5,
        },
        max_deletion_percent: {
          title: "Largest Share of Deletions",
          description:
            "If a reconciliation misses more than this percentage of the rows that you have, and more than 20, it deletes nothing and the stream fails. You raise it for one sync after a large clean-up.",
          type: "number",
          ...allowed.maxDeletionPercent,
          examples: [50],
          group: "sync",
          order: 6,
        },
        ...emailsForm,
        endpoints: {
          title: "Endpoints",
          description:
            "The hosts of Atlassian that your requests go to beside the site. You change them only for tests.",
          type: "object",
          additionalProperties: true,
          properties: {
            gateway: {
              title: "API Gateway",
              description: "The gateway by which you reach your site unless you use an API token without scopes.",
              type: "string",
              default: allowed.endpoints.gateway,
              examples: [allowed.endpoints.gateway],
              order: 0,
            },
            auth: {
              title: "Authorization Server",
              description: "The server that renews your tokens.",
              type: "string",
              default: allowed.endpoints.auth,
              examples: [allowed.endpoints.auth],
              order: 1,
            },
            admin: {
              title: "Administration",
              description: "The API of your organization, which tells email addresses.",
              type: "string",
              default: allowed.endpoints.admin,
              examples: [allowed.endpoints.admin],
              order: 2,
            },
          },
          airbyte_hidden: true,
          group: "sync",
          order: 7,
        },
      },
    },
    advanced_auth: advancedAuth(scopes),
  }) as const satisfies Json
