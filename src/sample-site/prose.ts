/**
 * The words of Northwind Robotics, the made-up company whose wiki the sample site shows: sentences, titles of pages, names
 * of spaces and people, and the odd texts (emoji, right to left, control characters…) that a real wiki has collected.
 */
import { hash32, pick } from "./seededChance.ts"

const SUBJECTS = [
  "The gripper arm",
  "Our calibration rig",
  "The warehouse fleet",
  "Firmware 7.2",
  "The vision pipeline",
  "The Lyon plant",
  "Customer onboarding",
  "The safety controller",
  "The battery swap station",
  "Telemetry ingestion",
  "The on-call rotation",
  "The supplier portal",
  "Path planning",
  "The support desk",
  "The data platform team",
  "The new torque sensor",
] as const
const VERBS = [
  "has to be recalibrated after",
  "was migrated before",
  "depends on",
  "reports its status to",
  "is blocked by",
  "replaces",
  "is reviewed together with",
  "fails over to",
  "was signed off after",
  "shares its budget with",
  "is documented alongside",
  "must never be deployed during",
] as const
const OBJECTS = [
  "the quarterly audit",
  "the emergency stop circuit",
  "the staging cluster",
  "the new gearbox supplier",
  "the release train",
  "the field trial in Rotterdam",
  "the incident of last March",
  "the ISO 10218 certification",
  "the nightly regression run",
  "the hiring plan",
  "the customer advisory board",
  "the legacy message bus",
] as const
const TAILS = [
  "",
  " (see the runbook)",
  ", as agreed in the steering meeting",
  ", pending a decision by the architecture board",
  " – ask in #robotics-help",
  ", at least until the end of the quarter",
  "; the owner is named below",
] as const

const KINDS = [
  "Runbook",
  "Decision",
  "Retrospective",
  "How to",
  "Design",
  "Meeting notes",
  "Incident review",
  "Requirements",
  "Test plan",
  "Onboarding",
  "Release notes",
  "Policy",
  "Roadmap",
  "Proposal",
] as const
const TOPICS = [
  "gripper arm",
  "battery swap",
  "vision pipeline",
  "safety controller",
  "fleet telemetry",
  "supplier portal",
  "torque sensor",
  "path planning",
  "warehouse pilot",
  "field service",
  "firmware signing",
  "data platform",
  "spare parts",
  "customer training",
] as const

const TEAM_NAMES = [
  "Engineering",
  "Human Resources",
  "Sales",
  "Field Service",
  "Data Platform",
  "Firmware",
  "Vision",
  "Legal",
  "Finance",
  "Facilities",
  "Product",
  "Quality",
  "Security",
  "Support",
  "Marketing",
  "Procurement",
  "Research",
  "Safety",
] as const

const FIRST_NAMES = [
  "Amara",
  "Björn",
  "Chidi",
  "Dagný",
  "Émilie",
  "Farid",
  "Giulia",
  "Hana",
  "Ioan",
  "José",
  "Katarzyna",
  "Liam",
  "Mei",
  "Noor",
  "Olena",
  "Priya",
  "Quentin",
  "Rosa",
  "Søren",
  "Tomáš",
  "Umut",
  "Valentina",
  "Wanjiru",
  "Xavier",
  "Yuki",
  "Zsófia",
] as const
const LAST_NAMES = [
  "Okafor",
  "Lindqvist",
  "Haddad",
  "Moreau",
  "Rossi",
  "Tanaka",
  "Popescu",
  "García",
  "Nowak",
  "O’Brien",
  "Chen",
  "Al-Masri",
  "Kovalenko",
  "Sharma",
  "Müller",
  "Silva",
  "Nguyễn",
  "Dvořák",
  "Yılmaz",
  "Mwangi",
  "Sato",
  "Szabó",
] as const
const NAMES_IN_OTHER_SCRIPTS = [
  "山田 太郎",
  "Ольга Петренко",
  "محمد الفارسي",
  "김민지",
  "王小明",
  "Γιώργος Παπαδόπουλος",
  "אורלי כהן",
  "प्रिया शर्मा",
  "สมชาย ใจดี",
] as const

/**
 * Titles that break careless readers. A lone surrogate stands in JSON as an escape; U+0085, U+2028 and U+2029 are line ends
 * to some tools; the last ones are the longest a title may be and one with nothing but blanks around a dot.
 */
const ODD_TITLES: readonly string[] = [
  "Launch party 🎉👩‍🚀 and family 👨‍👩‍👧‍👦",
  "خطة المشروع \u202B(2026)\u202C للروبوتات",
  "Next\u0085line in the title",
  "Line\u2028and paragraph\u2029separators",
  "A NUL \u0000 that survived an import",
  "Combining: Cafe\u0301 and Zalgo Z\u0351\u036B\u0343a\u035Al\u0347g\u034Do",
  "Half an emoji \uD83D was cut off",
  "Quotes \"double\" and 'single' and back\\slash",
  "<script>alert(1)</script> & <b>bold</b> &amp; entity",
  "Tabs\tand\nnew lines\r\nin one",
  "100% of C:\\temp?x=1&y=2#z; DROP TABLE pages; --",
  "ﬀ ligatures, ½ and \u00A0no-break\u00A0blanks\uFEFF",
  "会議メモ：第3四半期のロードマップ",
  "Long title ".repeat(30),
  " . ",
]

/** The longest title that Confluence takes (assumed; no page of Atlassian says it). */
const LONGEST_TITLE = 255

/** A sentence of the company's language, ending in a full stop. */
export const sentence = (hash: number): string =>
  `${pick(SUBJECTS, hash)} ${pick(VERBS, hash >>> 5)} ${pick(OBJECTS, hash >>> 10)}${pick(TAILS, hash >>> 15)}.`

/** Some sentences in a row. */
export const sentences = (seed: number, count: number): string =>
  Array.from({ length: count }, (_, i) => sentence(hash32(seed, 71, i))).join(" ")

/** The title of a page or blog post: no two of a site are equal, as Confluence wants them unique in a space. */
export const contentTitle = (hash: number, ordinal: number): string => {
  if (ordinal % 61 === 13) {
    const end = ` ${ordinal}`
    return `${pick(ODD_TITLES, (ordinal - 13) / 61).slice(0, LONGEST_TITLE - end.length)}${end}`
  }
  return `${pick(KINDS, hash)}: ${pick(TOPICS, hash >>> 6)} NWR-${ordinal}`
}

/** The name of a team's space. */
export const spaceName = (index: number): string => {
  const name = pick(TEAM_NAMES, index)
  const round = Math.floor(index / TEAM_NAMES.length)
  if (index === 7) return 'Legal & "Compliance" <internal> ⚖️'
  return round === 0 ? name : `${name} ${pick(TOPICS, index * 7 + round)} ${round}`
}

/** The key of a team's space: capitals and a number once the names repeat. */
export const spaceKey = (index: number): string => {
  const name = pick(TEAM_NAMES, index)
    .replace(/[^A-Z]/gi, "")
    .toUpperCase()
    .slice(0, 4)
  return `${name}${Math.floor(index / TEAM_NAMES.length) || ""}`
}

/** A person's name: mostly Latin letters with marks, now and then another script. */
export const personName = (hash: number, index: number): string =>
  index % 13 === 5
    ? pick(NAMES_IN_OTHER_SCRIPTS, Math.floor(index / 13))
    : `${pick(FIRST_NAMES, hash)} ${pick(LAST_NAMES, hash >>> 8)}`

/** The name of a group or team. */
export const groupName = (index: number): string =>
  `${pick(TEAM_NAMES, index).toLowerCase().replace(" ", "-")}-team-${index}`

/** What an attached file is called, by its number and ending. */
export const fileName = (hash: number, ordinal: number, ending: string): string =>
  ordinal % 89 === 7
    ? `Prüfbericht “${pick(TOPICS, hash)}” 🔧 ${ordinal}${ending}`
    : `${pick(TOPICS, hash).replace(" ", "-")}-${ordinal}${ending}`
