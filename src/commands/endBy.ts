/** Ends the process by `signal`, as if it had not been caught. As a container's first process that has no effect. */
export const endBy = (signal: "SIGTERM" | "SIGINT"): void => {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(signal === "SIGTERM" ? 143 : 130), 100)
}
