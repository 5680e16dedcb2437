/** Streams that ask each content for what it has: on a site with some hundred contents, thousands of requests. */
export const OF_CONTENTS: ReadonlySet<string> = new Set([
  "likes",
  "content_views",
  "content_properties",
  "content_versions",
])
