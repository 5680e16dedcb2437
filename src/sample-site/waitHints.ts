/** How Confluence asks a client to wait: the headers of a 429, in every form that is documented or was seen. */
import { type Answer, json } from "./answers.ts"

/** The forms of asking. "none" asks without saying how long. */
export const WAIT_FORMS = ["seconds", "http-date", "reset", "reset-no-seconds", "quota", "none"] as const

/** One of the forms of asking for a wait. */
export type WaitForm = (typeof WAIT_FORMS)[number]

/** `2026-06-01T10:00Z`: the reset time as some answers give it, rounded up to the minute. */
const withoutSeconds = (at: number): string =>
  `${new Date(Math.ceil(at / 60_000) * 60_000).toISOString().slice(0, 16)}Z`

/** The answer 429 asking for a wait, and how long the wait is for one who understands it (0 = it is not said). */
export const tooManyRequests = (
  form: WaitForm,
  waitMs: number,
  siteTime: number,
): { readonly answer: Answer; readonly waitMs: number } => {
  const until = siteTime + waitMs
  const iso = new Date(until).toISOString()
  // Dates have whole seconds, and the answer's own Date header is cut to them as well.
  const wholeSecond = Math.ceil(until / 1000) * 1000
  const seconds = Math.ceil(waitMs / 1000)
  const [headers, told]: readonly [Record<string, string>, number] =
    form === "seconds"
      ? [{ "retry-after": String(seconds), "ratelimit-reason": "confluence-burst-based" }, seconds * 1000]
      : form === "http-date"
        ? [{ "retry-after": new Date(wholeSecond).toUTCString() }, waitMs]
        : form === "reset"
          ? [{ "x-ratelimit-limit": "360000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": iso }, waitMs]
          : form === "reset-no-seconds"
            ? [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": withoutSeconds(until) }, waitMs]
            : form === "quota"
              ? [
                  {
                    "retry-after": String(seconds),
                    "ratelimit-reason": "confluence-quota-global-based",
                    "x-ratelimit-limit": "65000",
                    "x-ratelimit-remaining": "0",
                    "x-ratelimit-reset": iso,
                    "ratelimit-policy": '"global-app-quota";q=65000;w=3600',
                    ratelimit: `"global-app-quota";r=0;t=${seconds}`,
                  },
                  seconds * 1000,
                ]
              : [{}, 0]
  return { answer: json(429, { message: "Rate limit exceeded", statusCode: 429 }, headers), waitMs: told }
}

/** Headers by which a good answer says that nothing more is allowed for a while. */
export const exhaustedHeaders = (
  structured: boolean,
  waitMs: number,
  siteTime: number,
): Readonly<Record<string, string>> =>
  structured
    ? {
        "ratelimit-policy": '"global-app-quota";q=65000;w=3600, "tenant-quota";q=9000;w=60',
        ratelimit: `"tenant-quota";r=88;t=30, "global-app-quota";r=0;t=${Math.ceil(waitMs / 1000)}`,
      }
    : {
        "x-ratelimit-limit": "1000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": new Date(siteTime + waitMs).toISOString(),
      }
