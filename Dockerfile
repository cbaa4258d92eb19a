# One image for every role of Flexor: api, worker, migrate, simulate.

FROM node:20-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM dependencies AS client
COPY prisma.config.ts ./
COPY prisma ./prisma
# Generating needs no engine, but insists on an executable that could be one: any will do.
RUN PRISMA_SCHEMA_ENGINE_BINARY="$(command -v node)" npx prisma generate

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
COPY --from=client /app/store/generated ./store/generated
USER node
ENTRYPOINT ["node", "--import", "tsx", "--conditions=flexor-source", "cli/main.ts"]
CMD ["--help"]
