/** Query parameters of Confluence's v1 API. */
import { errorV1, Refusal } from "./answers.ts"
import type { EndpointRequest } from "./PagedLists.ts"

/** Most rows of an offset list, whatever `limit` asks for ("may be restricted by fixed system limits"). */
export const MOST_ROWS_V1 = 200

/** A request that makes no sense to v1. */
export const badRequest = (message: string): Refusal => new Refusal(errorV1(400, "BadRequestException", message))

/** Refuses parameters that an endpoint does not declare. */
export const allowParameters = ({ query }: EndpointRequest, names: readonly string[]): void => {
  for (const name of query.keys()) if (!names.includes(name)) throw badRequest(`Unrecognized query parameter '${name}'`)
}

/** A whole number, by its default. */
export const wholeNumber = ({ query }: EndpointRequest, name: string, unless: number): number => {
  const value = query.get(name)
  if (value !== null && !/^\d{1,9}$/.test(value)) throw badRequest(`'${name}' must be a whole number, not ${value}`)
  return value === null ? unless : Number(value)
}

/** Where a page of an offset list begins, and how many rows it has at most. */
export const windowOf = (
  request: EndpointRequest,
  unless: number,
  most = MOST_ROWS_V1,
): { readonly start: number; readonly limit: number } => ({
  start: wholeNumber(request, "start", 0),
  limit: Math.min(most, wholeNumber(request, "limit", unless)),
})

/** The properties that shall be expanded; undefined where none are named. */
export const expansions = ({ query }: EndpointRequest): readonly string[] | undefined => {
  const given = query.getAll("expand").flatMap((value) => value.split(","))
  const named = given.map((value) => value.trim()).filter((value) => value !== "")
  return query.has("expand") ? named : undefined
}
