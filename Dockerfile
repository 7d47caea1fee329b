# What runs where users go while no other image is named: the dashboard as one file, packed from the sources, on plain Node.
# docs/deploy.md says how it is built and pushed, and what it is told.
FROM node:24-slim AS packed
WORKDIR /holdfast
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN node infra/account/pack.ts container /packed

FROM node:24-slim
WORKDIR /holdfast
COPY --from=packed /packed ./
ENV NODE_ENV=production
USER node
EXPOSE 8080
CMD ["node", "index.mjs"]
