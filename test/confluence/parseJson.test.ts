/** Answers as JSON: ids that come as large numbers stay what they were. */
import { expect, test } from "vitest"
import { parseJson } from "../../src/confluence/parseJson.ts"

const valueOf = (text: string) => parseJson(Buffer.from(text))?.value

test("an id that comes as a number is exact, however large it is", () => {
  const text =
    '{"results":[{"id":9007199254740993,"spaceId": 9223372036854775807 ,"pageId":12,"size":9007199254740993}]}'
  expect(valueOf(text)).toEqual({
    results: [{ id: "9007199254740993", spaceId: "9223372036854775807", pageId: 12, size: 9_007_199_254_740_992 }],
  })
})

test("an id is exact in a row, be the answer a list, a bare one, or the row itself; what lies deeper is as JSON has it", () => {
  const row = {
    id: "9007199254740993",
    space: { id: Number("9219043100000000001") },
    value: [{ id: Number("9007199254740993") }],
  }
  const text = '{"id":9007199254740993,"space":{"id":9219043100000000001},"value":[{"id":9007199254740993}]}'
  expect(valueOf(text)).toEqual(row)
  expect(valueOf(`[${text}]`)).toEqual([row])
  expect(valueOf(`{"results":[${text},null,7]}`)).toEqual({ results: [row, null, 7] })
})

test("what is no large id is as JSON has it", () => {
  for (const text of ['{"id":"9007199254740993"}', '{"id":1e30}', '{"id":1234567890123456}', "null", "[]", '"a"', "5"])
    expect(valueOf(text), text).toEqual(JSON.parse(text))
  expect(valueOf('\ufeff{"body":"a,12345678901234567890,","id":90071992547409931}')).toEqual({
    body: "a,12345678901234567890,",
    id: "90071992547409931",
  })
  expect(valueOf('{"id":9007199254740993')).toBeUndefined()
})
