/**
 * Loaded into the connector's process before it starts (`node --import`): the environment cannot be read any more from the time
 * when READ_AT_MOST looks at the proxy's variable have been taken.
 */
const most = Number(process.env["READ_AT_MOST"])
let reads = 0

process.env = new Proxy(process.env, {
  get: (environment, name: string) => {
    if (name === "https_proxy" && ++reads > most) throw new Error("the environment is gone")
    return environment[name]
  },
})
