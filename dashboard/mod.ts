/** The dashboard shows how things stand, and takes what people ask.
 *
 *  - `app.ts`         the app: every route, who may talk to it (`guard.ts`), its JSON API (`api.ts`)
 *  - `view.ts`        one look at the store; `users.ts`, `verdict.ts`, `phases.ts`, `actions.ts` say what it means
 *  - `watch.ts`       one watcher for all who look, and the live streams
 *  - `page/`          the page, section by section; `client/` is what the browser gets besides
 *  - `outside.ts`    what anybody may know, by configuration; `public.ts` serves it
 *  - `state.ts`       the same for programs
 *  - `ask.ts`         what a person may ask for, checked
 *  - `access.ts`      who is asking, where others than this machine can reach it; `gate.ts` is the door, `provider.ts`
 *                     signs people in elsewhere
 *  - `playground.ts`  what may be broken where the world is only a local one
 *  - `cli/`           status, failover, failback, break ...: the same over HTTP from a terminal */
export { type Access, parseAccess } from "./access.ts";
export type { StateJson } from "./answers.ts";
export { createDashboard, type DashboardOptions } from "./app.ts";
export * from "./cli/mod.ts";
export { localHosts } from "./guard.ts";
export type { Fault, FaultKind, Playground } from "./playground.ts";
