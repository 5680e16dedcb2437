/** The version of the package, which the image and the user agent carry too. */
import packageJson from "../package.json" with { type: "json" }

export const version: string = packageJson.version
