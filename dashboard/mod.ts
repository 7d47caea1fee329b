/** The dashboard shows how things stand, and takes what people ask.
 *
 *      app.ts          the app: every route;  guard.ts  who may talk to it;  body.ts  assets.ts  what comes, what a browser needs
 *      access.ts       who is asking, where others can reach it;  gate.ts  is the door;  provider.ts  signs people in elsewhere
 *      view.ts         one look at the store, and what it means:  users.ts  fare.ts  verdict.ts  sentence.ts  phases.ts
 *                      underway.ts  reach.ts  reasons.ts  explain.ts  incidents.ts  lines.ts  figures.ts
 *      actions.ts      what may be asked for now;  practice.ts  when to drill;  ask.ts  takes it;  acts.ts  from the page's forms;
 *                      asks.ts  what else comes in
 *      api.ts          the JSON API, by the schemas of  answers.ts;  state.ts  drill.ts  two of them;  openapi.ts  all
 *      metrics.ts      the same for Prometheus
 *      watch.ts        one watcher for all who look, and the live streams;  zip.ts  what they are sent, compressed once
 *      outside.ts      what anybody may know, by configuration;  public.ts  serves it
 *      playground.ts   what may be broken where the world is only a local one
 *      page/           the page, section by section;  client/  what the browser gets besides
 *      cli/            status, failover, failback, break ...: the same over HTTP from a terminal */
export { type Access, parseAccess } from "./access.ts";
export type { StateJson } from "./answers.ts";
export { createDashboard, type DashboardOptions } from "./app.ts";
export * from "./cli/mod.ts";
export { localHosts } from "./guard.ts";
export type { Fault, FaultKind, Playground } from "./playground.ts";
