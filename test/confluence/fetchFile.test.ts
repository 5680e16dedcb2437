/** Fetching a file from a host that cannot be trusted: where it leads, what it sends, and that nothing goes along. */
import { gzipSync } from "node:zlib"
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import { type Fetched, fetchFile } from "../../src/confluence/fetchFile.ts"
import { Transport, type WireRequest } from "../../src/confluence/Transport.ts"
import { TransportError } from "../../src/confluence/TransportError.ts"
import { shortPauses } from "../support/virtualPauses.ts"

interface Scripted {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
}

interface Ran {
  readonly fetched: Fetched
  readonly bytes: Buffer
  readonly requests: ReadonlyArray<WireRequest>
}

const ADDRESS = "https://media.example/file/1/binary?token=secret"

const run = async (
  answers: ReadonlyArray<Scripted>,
  {
    bytes,
    cloud = false,
    mostBytes = 1000,
  }: { readonly bytes?: number; readonly cloud?: boolean; readonly mostBytes?: number } = {},
): Promise<Ran> => {
  const requests: Array<WireRequest> = []
  let taken = Buffer.alloc(0)
  const target = {
    get length() {
      return taken.length
    },
    write: (piece: Buffer) => {
      taken = Buffer.concat([taken, piece])
      return undefined
    },
    restart: () => {
      taken = Buffer.alloc(0)
      return Promise.resolve()
    },
  }
  const send: Transport["Service"]["send"] = (request) =>
    Effect.tryPromise({
      try: async () => {
        const { status, headers = {}, body = "" } = answers[Math.min(requests.length, answers.length - 1)]!
        requests.push(request)
        const take = request.taker?.({ status, headers })
        if (take === undefined) return { status, headers, body: Buffer.from(body) }
        await take(Buffer.from(body))
        return { status, headers, body: Buffer.alloc(0) }
      },
      catch: (cause) => new TransportError({ reason: "other", cause }),
    })
  const wanted = {
    address: Effect.succeed(new URL(ADDRESS)),
    from: new URL("https://acme.atlassian.net"),
    cloud,
    bytes,
    mostBytes,
    target,
  }
  const fetched = await Effect.runPromise(
    shortPauses(fetchFile(wanted)).pipe(Effect.provideService(Transport, { send })),
  )
  return { fetched, bytes: taken, requests }
}

const to = (location: string): Scripted => ({ status: 302, headers: { location } })
const file = (body: Buffer | string, headers = {}): Scripted => ({ status: 200, headers, body })

describe("a file", () => {
  test("is fetched without a credential, and not compressed", async () => {
    const { fetched, requests } = await run([file("hello")], { bytes: 5 })
    expect(fetched).toEqual({ _tag: "whole" })
    expect(Object.keys(requests[0]!.headers).toSorted()).toEqual(["accept", "accept-encoding", "user-agent"])
    expect(requests[0]!.headers["accept-encoding"]).toBe("identity")
  })

  test("is found behind redirects, a few of them", async () => {
    const { fetched, requests } = await run([to("/other"), to("https://cdn.example/x"), file("hello")], { bytes: 5 })
    expect(fetched._tag).toBe("whole")
    expect(requests.map(({ url }) => url)).toEqual([ADDRESS, "https://media.example/other", "https://cdn.example/x"])
    expect((await run([to("/again")])).fetched).toMatchObject({
      _tag: "failed",
      why: expect.stringContaining("more than 5 times"),
    })
  })

  test.each([
    ["https://10.0.0.1/x", false],
    ["https://169.254.169.254/latest/meta-data", false],
    ["https://localhost/x", false],
    ["https://[::1]/x", false],
    ["https://metadata.google.internal/x", false],
    ["http://media.example/x", false],
    ["file:///etc/passwd", false],
    ["https://user:password@media.example/x", false],
    ["https://192.168.1.1/x", true],
  ])("is not fetched from %s, whoever leads there", async (location, cloud) => {
    const { fetched, requests } = await run([to(location), file("a secret")], { cloud })
    expect(fetched).toMatchObject({ _tag: "failed", why: expect.stringContaining("which is not followed") })
    expect(requests.length).toBe(1)
    expect(JSON.stringify(fetched)).not.toMatch(/secret|passwd|user:/)
  })

  test("of another size than announced is not it, whoever is wrong", async () => {
    const { fetched, bytes } = await run([file("four")], { bytes: 5 })
    expect(fetched).toMatchObject({ _tag: "failed", why: "4 bytes came instead of 5" })
    expect(bytes.length).toBeLessThan(5)
    expect((await run([file("sixsix")], { bytes: 5 })).fetched).toMatchObject({ _tag: "failed" })
    expect((await run([file("", { "content-length": "9" })], { bytes: 5 })).fetched).toMatchObject({ _tag: "failed" })
  })

  test("of which nobody has told the size is taken as it comes, up to the limit", async () => {
    expect((await run([file("hello")])).fetched._tag).toBe("whole")
    expect((await run([file("hello")], { mostBytes: 4 })).fetched).toEqual({ _tag: "too large" })
  })

  test("that comes compressed is what is in it, and no more than that", async () => {
    const gzipped = { "content-encoding": "gzip" }
    const { fetched, bytes } = await run([file(gzipSync("hello"), gzipped)], { bytes: 5 })
    expect([fetched._tag, bytes.toString()]).toEqual(["whole", "hello"])
    const bomb = await run([file(gzipSync(Buffer.alloc(100_000_000)), gzipped)], { bytes: 5 })
    expect(bomb.fetched).toMatchObject({ _tag: "failed", why: expect.stringContaining("more bytes") })
    const broken = await run([file(gzipSync("hello").subarray(0, 12), gzipped)], { bytes: 5 })
    expect(broken.fetched._tag).toBe("failed")
  })

  test("is gone on with only by the part that was asked for", async () => {
    const part = (from: number, body: string, whole = 10): Scripted => ({
      status: 206,
      headers: { "content-range": `bytes ${from}-${from + body.length - 1}/${whole}` },
      body,
    })
    const good = await run([file("01234"), part(5, "56789")], { bytes: 10 })
    expect([good.fetched._tag, good.bytes.toString()]).toEqual(["whole", "0123456789"])
    expect(good.requests[1]!.headers["range"]).toBe("bytes=5-")
    // Another part, another file, all of it again: none of these is put behind what is there.
    for (const odd of [part(4, "456789"), part(5, "56789x", 11), { ...part(5, "56789"), headers: {} }]) {
      const { fetched, bytes } = await run([file("01234"), odd, file("0123456789")], { bytes: 10 })
      expect([fetched._tag, bytes.toString()]).toEqual(["whole", "0123456789"])
    }
    const whole = await run([file("01234"), file("0123456789")], { bytes: 10 })
    expect([whole.fetched._tag, whole.bytes.toString()]).toEqual(["whole", "0123456789"])
    const beyond = await run([file("01234"), { status: 416 }, file("0123456789")], { bytes: 10 })
    expect([beyond.fetched._tag, beyond.bytes.toString()]).toEqual(["whole", "0123456789"])
  })

  test("that was compressed and broke off is begun anew", async () => {
    const half = file(gzipSync("hello").subarray(0, 12), { "content-encoding": "gzip" })
    const { fetched, bytes } = await run([half, file("hello")], { bytes: 5 })
    expect([fetched._tag, bytes.toString()]).toEqual(["whole", "hello"])
  })

  test("is missing where the host has said so of two addresses", async () => {
    expect((await run([{ status: 404 }])).fetched).toEqual({ _tag: "missing" })
    expect((await run([{ status: 404 }, file("hello")], { bytes: 5 })).fetched).toEqual({ _tag: "whole" })
    expect((await run([{ status: 403 }])).fetched).toMatchObject({
      _tag: "failed",
      why: "media.example gave no file (status 403)",
    })
  })
})
