/** Doubts about what a site has beside its content and people: templates, tasks and the audit log. */
import { AUDIT_QUIRKS, TASK_QUIRKS, TEMPLATE_QUIRKS } from "../../src/sample-site/quirks.ts"

const TEMPLATES = { care: ["streams/readTemplates.ts"], tests: ["sync/templates.test.ts"] } as const

const AUDIT = { care: ["streams/kinds/timeWindows.ts"], tests: ["sync/auditLog.test.ts"] } as const

export const BELONGING_DOUBTS = [
  {
    doubt: "whether the plan has an audit log, and the account may read it",
    option: "auditLog",
    answers: AUDIT_QUIRKS.auditLog,
    ...AUDIT,
  },
  {
    doubt: "whether the moments named are in the window of the audit log",
    option: "auditEnds",
    answers: AUDIT_QUIRKS.auditEnds,
    ...AUDIT,
  },
  { doubt: "the order of the audit log", option: "auditOrder", answers: AUDIT_QUIRKS.auditOrder, ...AUDIT },
  {
    doubt: "how many records of the audit log the site gives at once",
    option: "mostAuditRecords",
    answers: AUDIT_QUIRKS.mostAuditRecords.map(String),
    ...AUDIT,
  },
  {
    doubt: "whether the list of tasks holds those of content in the trash",
    option: "tasksInTrash",
    answers: TASK_QUIRKS.tasksInTrash.map(String),
    care: ["streams/definitions/tasks.ts", "streams/LiveContainers.ts"],
    tests: ["sync/tasks.test.ts"],
  },
  {
    doubt: "whether a space's own templates name their space",
    option: "templatesNameSpace",
    answers: TEMPLATE_QUIRKS.templatesNameSpace.map(String),
    ...TEMPLATES,
  },
  {
    doubt: "whether a space's list of page templates repeats the site's",
    option: "siteTemplatesInSpaces",
    answers: TEMPLATE_QUIRKS.siteTemplatesInSpaces.map(String),
    ...TEMPLATES,
  },
  {
    doubt: "whether a space's list of blueprints shows those of the site that it inherits",
    option: "inheritedBlueprints",
    answers: TEMPLATE_QUIRKS.inheritedBlueprints.map(String),
    ...TEMPLATES,
  },
  {
    doubt: "what the lists of templates answer for a space that is not there",
    option: "templatesOfUnseen",
    answers: TEMPLATE_QUIRKS.templatesOfUnseen,
    ...TEMPLATES,
  },
]
