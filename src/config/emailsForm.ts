/** The part of the settings form that brings the e-mail addresses which profiles hide (docs/emails.md explains it). */
import * as allowed from "./settings.ts"

export const emailsForm = {
  user_emails_csv: {
    title: "Export of Users",
    description:
      'Brings the email addresses that users hide in their profiles into your stream "users". You export them at <a href="https://admin.atlassian.com">admin.atlassian.com</a> under Directory, Users, Export; Atlassian mails you the link. Paste the text of the file here, or give an https:// address that serves it without signing in, or its path where the connector runs on your own machine. You have to refresh it yourself: who joins later is not in it.',
    type: "string",
    multiline: true,
    examples: ["https://files.example.com/export-users.csv", "/data/export-users.csv"],
    group: "emails",
    order: 0,
  },
  organization: {
    title: "Organization",
    description:
      "Asks your Atlassian organization for the same addresses at each sync, so that you have nothing to refresh, and brings suspended users too. It takes an organization admin. If you give both, the export comes first.",
    type: "object",
    additionalProperties: true,
    properties: {
      id: {
        title: "Organization ID",
        description:
          'The ID of your organization. You find it at <a href="https://admin.atlassian.com">admin.atlassian.com</a> in the address, after /o/, and beside your API key when you create it.',
        type: "string",
        examples: ["a1b2c3d4-0000-4000-8000-123456789abc"],
        order: 0,
      },
      api_key: {
        title: "API Key",
        description:
          'An API key of your organization. As an organization admin you create it at <a href="https://admin.atlassian.com">admin.atlassian.com</a> under Settings, API keys, Create API key, without scopes. It is sent to Atlassian\'s administration API alone.',
        type: "string",
        pattern: allowed.apiTokenPattern,
        pattern_descriptor: "one line without blanks",
        airbyte_secret: true,
        order: 1,
      },
    },
    group: "emails",
    order: 1,
  },
} as const
