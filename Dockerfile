# The server, the worker and the migrations, by command. The database is another container.
FROM node:24-slim AS site
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
COPY web/package.json web/
RUN npm ci --ignore-scripts && npm cache clean --force
COPY . .
# The page at / and the documents at /docs.
RUN node web/build/build.ts && npm run docs:build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
COPY web/package.json web/
COPY scripts/image scripts/image
# What the page is made of stays out, as it is built. So does what GraphiQL and the embedded default need: 562 MB of
# modules become 159.
RUN npm ci --omit=dev --workspaces=false --ignore-scripts \
  && node scripts/image/leave-out.ts --remove \
  && npm cache clean --force

FROM node:24-slim
ENV NODE_ENV=production \
    PORT=8000 \
    HOST=0.0.0.0 \
    DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
COPY --from=site /app/web/dist ./web/dist
COPY --from=site /app/docs/.vitepress/dist ./docs/.vitepress/dist
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that it gets SIGTERM; it starts no children.
CMD ["node", "--max-semi-space-size=32", "src/server.ts"]
