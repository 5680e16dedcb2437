# The connector's image. Two stages: the first builds the bundle, the second holds Node, a shell and the bundle.
FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM docker.io/library/node:24-bookworm-slim
# Airbyte runs connectors as user 1000, which the base image gives to "node".
RUN groupmod --new-name airbyte node \
  && usermod --login airbyte --home /airbyte --move-home node \
  && mkdir -p /airbyte/integration_code /config /secrets /custom_cache \
  && chown -R airbyte:airbyte /airbyte /config /secrets /custom_cache
COPY --from=build --chown=airbyte:airbyte /build/package.json /build/LICENSE /airbyte/integration_code/
COPY --from=build --chown=airbyte:airbyte /build/bin /airbyte/integration_code/bin
COPY --from=build --chown=airbyte:airbyte /build/dist /airbyte/integration_code/dist
WORKDIR /airbyte
USER airbyte
# The platform starts this by `sh`, from another folder.
ENV AIRBYTE_ENTRYPOINT="/airbyte/integration_code/bin/source-confluence"
ENTRYPOINT ["/airbyte/integration_code/bin/source-confluence"]
LABEL io.airbyte.name="source-confluence/source-confluence" io.airbyte.version="0.1.0"
