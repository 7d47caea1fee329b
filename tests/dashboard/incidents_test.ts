/** tests · dashboard. What people are told of is on the page: what is open, whom it reached, and what is wrong with
 *  Holdfast itself. */
import { expect, test } from "vitest";
import { nothingFalls } from "../../analyzer/cascade.ts";
import { createDashboard, type StateJson } from "../../dashboard/mod.ts";
import { boardOf, incidentOf, lines, reportOf, type Scene, stage, T, topology } from "./scenes.ts";

async function at(scene: Scene) {
  const { store, rules, now } = await stage(scene);
  const { app } = createDashboard({ store, rules, topology, now: () => now });
  const section = async (id: string) => {
    const html = await (await app.request("/")).text();
    const found = new RegExp(`<(section|aside) id="${id}".*?</\\1>`, "s").exec(html)?.[0] ?? "";
    return found.replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
  };
  const state = async () => (await (await app.request("/api/state")).json()) as StateJson;
  return { app, store, now, section, state };
}

test("what is open is listed, the worst first, with who has heard it and who has not", async () => {
  const { section, state } = await at("outage");
  const told = await section("incidents");
  expect(told).toContain("2 open. People are told by mail and pager.");
  expect(told).toContain("critical, for 40 s; told: pager; not yet: mail");
  expect((await state()).incidents).toMatchObject([
    { severity: "critical", openedAt: "2026-11-22T03:13:42.000Z", told: ["pager"], untold: ["mail"] },
    { kind: "channel", told: ["pager"], untold: ["mail"] },
  ]);
});

test("a channel that tells nobody is said before anything else of it, and in the verdict's evidence", async () => {
  const { section, state } = await at("outage");
  expect(await section("incidents")).toMatch(
    /mail takes no messages since 03:13:56 \(26 s\): connect ECONNREFUSED/,
  );
  expect((await state()).failing).toEqual([
    { channel: "mail", since: "2026-11-22T03:13:56.000Z", why: "connect ECONNREFUSED" },
  ]);
  expect((await state()).verdict.evidence).toContain("The channel mail takes no messages.");
});

test("nothing noted, nothing open and nothing heard are three things", async () => {
  expect(await (await at("empty")).section("incidents")).toContain("Asking.");
  expect(await (await at("held")).section("incidents")).toContain("Nothing has been noted yet.");
  expect(await (await at("calm")).section("incidents")).toContain("None is open. People are told by pager.");
  expect(await (await at("stale")).section("incidents")).toContain("None was open when last heard.");
});

test("an incident that came and went is in the log twice, and opens its record", async () => {
  const { app, section, state } = await at("calm");
  const log = await section("log");
  expect(log.indexOf("over: Users in us-east-1")).toBeLessThan(log.indexOf("opened: Users in us-east-1"));
  const [one] = (await state()).incidents;
  const page = await (await app.request(`/incidents/${encodeURIComponent(one?.id ?? "")}`)).text();
  expect(page).toContain("Fell with it: lambda, sts");
  expect((await app.request("/incidents/none")).status).toBe(404);
});

test("what looks over is not said to be so", async () => {
  const { store, section } = await at("calm");
  await store.pin(boardOf(T, [incidentOf(T - 60_000, { wellSince: T - 5_000 })]));
  expect(await section("incidents")).toMatch(/1 open.*looks over since 03:14:17/);
});

test("how far it reaches and what else it may be stand beside the root", async () => {
  const { section, state } = await at("outage");
  const told = await section("cascade");
  expect(told).toContain("It reaches us-east-1 as a whole, so leaving it helps.");
  expect(told).toMatch(/What else it may be.*network us-east-1 55 %.*against: nobody asks it/);
  expect((await state()).scope).toMatchObject({ kind: "regional", region: "us-east-1" });
  expect((await state()).cascade.candidates.map((c) => c.node)).toEqual([
    "dynamodb@us-east-1",
    "network@us-east-1",
  ]);
});

test("without a root, what it may be is told and nothing is said to have begun it", async () => {
  const { store, section } = await at("calm");
  const cascade = {
    ...nothingFalls(),
    candidates: [{ node: "s3@us-east-1", score: 0.4, for: ["a"], against: ["b"] }],
    fallen: [{ node: "s3@us-east-1", since: T - 9_000, because: null, says: "timeout" }],
  };
  const scope = { kind: "unknown" as const, region: null, evidence: [] };
  await store.report(reportOf(T, { why: "x", lines: lines(0, 0, "1.00", 1), cascade, scope }));
  const told = await section("cascade");
  expect(told).toMatch(/no one cause explains them.*How far it reaches is not known\..*What it may be/);
  expect(told).not.toContain("It began with");
});

test("a root that is well again is not called over while a second wave may come", async () => {
  const { section, state } = await at("away");
  expect(await section("cascade")).toMatch(
    /dynamodb us-east-1 has been well for 1 min 20 s.*until 04:14:22 at the latest.*ec2 in us-east-1 and elb in us-east-1/,
  );
  expect((await state()).verdict.evidence.join(" ")).toContain("a second wave has been seen to follow");
  expect((await state()).cascade.aftermath).toMatchObject({ until: "2026-11-22T04:14:22.000Z" });
});
