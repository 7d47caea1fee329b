/** tests · dashboard. What single sections say at moments when two of them could contradict each other. */
import { expect, test } from "vitest";
import { createDashboard } from "../../dashboard/mod.ts";
import { type Scene, stage, topology } from "./scenes.ts";

/** A section's words, one space between any two. */
async function words(scene: Scene, id: string): Promise<string> {
  const { store, rules, now } = await stage(scene);
  const { app } = createDashboard({ store, rules, topology, now: () => now });
  const page = await (await app.request("/")).text();
  const section = page.split(`id="${id}"`)[1]?.split(/<\/(?:section|aside)>/)[0] ?? "";
  return section
    .replace(/^[^>]*>/, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

test("what falls next is told with the same words above its row and in it", async () => {
  const said = await words("outage", "cascade");
  expect(said).toContain("may fall next, within 3 h.");
  expect(said.match(/within 3 h/g)).toHaveLength(2);
});

test("a cascade is imagined only while all is well, as nobody needs another in trouble", async () => {
  const imagined = /If kms us-east-1 failed now/;
  expect(await words("calm", "cascade")).toMatch(imagined);
  for (const scene of ["doubting", "returning", "drill", "blind", "away"] as const)
    expect([scene, await words(scene, "cascade")]).toEqual([scene, expect.not.stringMatching(imagined)]);
  expect(await words("doubting", "cascade")).toContain("the cause is not among them");
});

test("what would fall in days is said to, and drawn as later", async () => {
  const said = await words("calm", "cascade");
  expect(said).toContain("in about 7 days");
  expect(said).toContain("later");
});

test("nobody is told that there is nothing to do while users fail and nothing is done for them", async () => {
  expect(await words("nowhere", "actions")).toContain("us-west-2 cannot take users now");
  for (const scene of ["calm", "outage", "drill"] as const)
    expect(await words(scene, "actions")).toContain("No action needed");
});

test("how long it has been so is told from when it began, or not at all", async () => {
  expect(await words("returning", "verdict")).toMatch(/Moving for 6 s/);
  expect(await words("outage", "verdict")).toMatch(/Outage for 40 s/);
  expect(await words("calm", "verdict")).toMatch(/Calm for 2 h/);
  expect(await words("blind", "verdict")).toMatch(/Doubt Users are fine/); // nobody noted when it went blind
});

test("what is old is told as old", async () => {
  expect(await words("stale", "readiness")).toContain("us-west-2 was ready");
  expect(await words("stale", "names")).toContain("at 03:13:42");
  expect(await words("stale", "actions")).toContain("waits until Holdfast looks again");
});
