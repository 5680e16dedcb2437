# The connector's image. Two stages: the first makes the bundle, the second is Node, a shell, the launcher, the bundle, and DuckDB, which
# `extract` alone loads.
FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# What the image holds, readable for everyone and writable for none, whatever the modes in the checkout were.
RUN npm run build \
  && mkdir /connector \
  && cp -r bin dist LICENSE /connector/ \
  && mkdir /connector/node_modules \
  && cp -r node_modules/@duckdb node_modules/detect-libc /connector/node_modules/ \
  && chmod -R u=rwX,go=rX /connector \
  && chmod 755 /connector/bin/source-confluence

FROM docker.io/library/node:24-bookworm-slim
# Airbyte runs connectors as user 1000, which the base image gives to "node", and may hand them files in these folders.
RUN groupmod --new-name airbyte node \
  && usermod --login airbyte --home /airbyte --move-home node \
  && mkdir -p /airbyte /config /secrets /custom_cache \
  && chown airbyte:airbyte /airbyte /config /secrets /custom_cache \
  && chmod 755 /airbyte
COPY --from=build /connector /airbyte/integration_code
WORKDIR /airbyte
USER airbyte
# The platform evaluates this by `sh` in a folder of its own, so it is absolute, and the same as the entrypoint.
ENV AIRBYTE_ENTRYPOINT="/airbyte/integration_code/bin/source-confluence"
ENTRYPOINT ["/airbyte/integration_code/bin/source-confluence"]
# The name and the version are those of metadata.yaml.
LABEL io.airbyte.name="ghcr.io/source-confluence/source-confluence" \
  io.airbyte.version="0.1.0" \
  org.opencontainers.image.title="source-confluence" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.source="https://github.com/source-confluence/source-confluence" \
  org.opencontainers.image.licenses="MIT"
