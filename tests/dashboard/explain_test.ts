/** tests · dashboard. Why users were moved, or why they were not, in sentences. */
import { expect, test } from "vitest";
import { explain } from "../../dashboard/explain.ts";
import { look } from "../../dashboard/view.ts";
import { theatre } from "../../infra/simulated/stage.ts";
import { memory } from "../../store/mod.ts";
import { houseWith } from "../scenarios/script.ts";

function opened() {
  const show = theatre({}, memory(), () => 0, houseWith(["us-west-2"]));
  show.stage.lagMs.set("us-west-2", 400);
  const pass = async (ticks: number) => {
    for (let i = 0; i < ticks; i++) await show.advance();
  };
  const says = async () => {
    const { store, rules, now } = show;
    return explain(await look({ store, rules, now, topology: show.world.topology }));
  };
  return { show, pass, says };
}

test("at home: what a move would need, who says what, and that the time of a move is not known here", async () => {
  const { pass, says } = opened();
  expect(await says()).toEqual(["Nothing has been heard yet."]);
  await pass(2);
  expect(await says()).toEqual([
    "Users stay in us-east-1: 0 of 2 vantage points outside it say that they are hurt there, and a move needs most of them.",
    "us-west-2 says users in us-east-1 are fine: all answers came in time.",
    "eu-west-1 says users in us-east-1 are fine: all answers came in time.",
    "How long a move to us-west-2 would take is not known: detect 30 s, decide 10 s, prepare unknown, lever unknown, check unknown and cache unknown.",
  ]);
});

test("hurt but not moved: what stands in the way, and a window with its end", async () => {
  const { show, pass, says } = opened();
  const window = { starts: show.now(), ends: show.now() + 3_600_000 };
  await show.store.ask({
    id: "w",
    at: show.now(),
    by: "ana",
    kind: "maintain",
    reason: "new racks",
    ...window,
  });
  show.stage.wrong.set("app@us-east-1", "timeout");
  show.stage.lagMs.set("us-west-2", 90_000);
  await pass(6);
  const said = await says();
  expect(said).toContain(
    "Holdfast moves nobody by itself because the data in us-west-2 is 90 s behind, more than 60 s; maintenance until 01:00 UTC, by ana: new racks.",
  );
  expect(said).toContain("Maintenance until 01:00 UTC, by ana: new racks. Nobody is moved meanwhile.");
});

test("moved: by whom, why, what was known then, and what a return waits for", async () => {
  const { show, pass, says } = opened();
  await pass(1);
  show.stage.wrong.set("app@us-east-1", "timeout");
  await pass(9);
  const said = await says();
  expect(said[0]).toBe(
    "Users were last moved, to us-west-2, at 00:00:40 UTC by the rules: Users in us-east-1 are hurt and us-west-2 can take them.",
  );
  expect(said[1]).toMatch(
    /^Known then: 2 of 2 vantage points said users were hurt, us-east-1 scored 0\.00, us-west-2 scored 1\.00/,
  );
  expect(said[1]).toContain("data in us-west-2 0.4 s behind");
  expect(said).toContain(
    "Users stay in us-west-2. A return waits for us-east-1 to be well and a person to bring users home (holdfast failback).",
  );
});
