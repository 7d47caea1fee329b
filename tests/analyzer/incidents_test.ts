/** What people are told: stories on the simulated stage, and what must hold over any history. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chronicle, incidentRules, type Sight } from "../../analyzer/incidents.ts";
import { theatre } from "../../infra/simulated/stage.ts";
import { Board, type Incident, parse, type Region } from "../../store/records.ts";

/** The loop on a stage with a notice board beside it. `story`: a line for each edition of each incident. */
function house(beats: () => Record<Region, number | null> = () => ({})) {
  const show = theatre({ cooldownMs: 60_000, holdDownMs: 120_000 });
  const rules = incidentRules(show.rules.cadenceMs);
  let board: Board | null = null;
  let sight: Sight | null = null;
  const story: string[] = [];
  const editions = new Map<string, number>();
  async function ticks(count: number) {
    for (let n = 0; n < count; n++) {
      const { assessment, undone, readiness } = await show.advance();
      const standing = await show.store.standing();
      if (!standing) throw new Error("the stage has not begun");
      const [decision = null] = await show.store.decisions(1);
      sight = {
        now: assessment.at,
        looked: { assessment, standing, decision, readiness, topology: show.world.topology },
        undone,
        unconfirmed: await show.store.unconfirmed(),
        beats: beats(),
      };
      board = parse("board", Board, chronicle(board, sight, rules));
      for (const i of board.incidents) {
        const told = editions.get(i.id) ?? 0;
        if (i.edition > told) story.push(`${word(i, told)} ${i.severity}: ${i.title}`);
        editions.set(i.id, i.edition);
      }
    }
  }
  return { ...show, rules, ticks, story, board: () => board as Board | null, sight: () => sight };
}

const word = (i: Incident, told: number) =>
  i.resolvedAt !== null ? "closed" : told === 0 ? "opened" : "changed";
const open = (board: Board | null) => board?.incidents.filter((i) => i.resolvedAt === null) ?? [];

describe("chronicle()", () => {
  test("tells a region's failure, the move away and the way home as one incident", async () => {
    const { stage, ticks, story, board, store, now } = house();
    await ticks(12);
    stage.wrong.set("app@us-east-1", "timeout");
    await ticks(30);
    expect(stage.drained).toBe("us-east-1");
    const [incident] = open(board());
    expect(open(board())).toHaveLength(1);
    expect(incident?.title).toBe("Users in us-east-1 are hurt");
    expect(incident?.lines.join("\n")).toMatch(/Users in us-east-1 are hurt and us-west-2 can take them/);
    stage.wrong.clear();
    await ticks(12);
    expect(open(board())).toHaveLength(1); // well again, but users are not home
    await store.ask({ id: "r", at: now(), by: "ada", kind: "failback", reason: "it is well" });
    await ticks(60);
    expect(open(board())).toEqual([]);
    expect(board()?.incidents).toHaveLength(1);
    expect(story.filter((line) => line.startsWith("opened"))).toHaveLength(1);
    expect(story.filter((line) => line.startsWith("closed"))).toHaveLength(1);
  });

  test("a root opens one incident, and what falls with it opens none of its own", async () => {
    const { stage, ticks, story, board } = house();
    await ticks(3);
    stage.wrong.set("dynamodb@us-east-1", "nodata");
    await ticks(18);
    for (const victim of ["lambda", "sts"]) stage.wrong.set(`${victim}@us-east-1`, "servfail");
    await ticks(6);
    expect(open(board()).map((i) => i.about)).toEqual(["dynamodb@us-east-1"]);
    expect(open(board())[0]?.nodes.toSorted()).toEqual([
      "dynamodb@us-east-1",
      "lambda@us-east-1",
      "sts@us-east-1",
    ]);
    expect(story[0]).toBe("opened warning: dynamodb fails in us-east-1");
  });

  test("a victim that was seen first keeps its incident when its cause comes to light", async () => {
    const { stage, ticks, story, board } = house();
    stage.wrong.set("ecs@us-east-1", "timeout"); // hurt at once by dynamodb, as the graph has it
    await ticks(4);
    stage.wrong.set("dynamodb@us-east-1", "nodata");
    await ticks(6);
    expect(story[0]).toBe("opened warning: ecs fails in us-east-1");
    expect(story.at(-1)).toBe("changed warning: dynamodb fails in us-east-1");
    expect(open(board())).toHaveLength(1);
  });

  test("two regions that fail for their own reasons are two incidents", async () => {
    const { stage, ticks, board } = house();
    stage.wrong.set("s3@us-east-1", "timeout");
    stage.wrong.set("ecs@eu-west-1", "timeout");
    await ticks(5);
    expect(
      open(board())
        .map((i) => i.about)
        .toSorted(),
    ).toEqual(["ecs@eu-west-1", "s3@us-east-1"]);
  });

  test("what comes and goes is one incident, told once, and closed once it has been calm", async () => {
    const { stage, ticks, story } = house();
    for (let beat = 0; beat < 6; beat++) {
      stage.wrong.set("s3@us-east-1", "timeout");
      await ticks(3);
      stage.wrong.clear();
      await ticks(3);
    }
    const changes = story.length;
    const ends = () => story.filter((line) => !line.startsWith("changed"));
    expect(ends()).toEqual(["opened warning: s3 fails in us-east-1"]);
    expect(changes).toBeLessThanOrEqual(3); // the standby was scaled up for it, and that is said
    await ticks(10);
    expect(ends().at(-1)).toBe("closed warning: s3 fails in us-east-1");
  });

  test("silence closes nothing: what cannot be seen is not known to be over", async () => {
    const { stage, ticks, board } = house();
    stage.wrong.set("s3@us-east-1", "timeout");
    await ticks(4);
    stage.wrong.clear();
    for (const vantage of ["us-east-1", "us-west-2", "eu-west-1"]) stage.blind.add(vantage);
    await ticks(40);
    expect(open(board()).map((i) => i.about)).toContain("s3@us-east-1");
    stage.blind.clear();
    await ticks(20);
    expect(open(board())).toEqual([]);
  });

  test("a vantage point that sees nothing is told after a minute, and is no trouble of its region", async () => {
    const { stage, ticks, story } = house();
    await ticks(2);
    stage.blind.add("eu-west-1");
    await ticks(5);
    expect(story).toEqual([]);
    await ticks(4);
    expect(story).toEqual(["opened warning: The vantage point eu-west-1 sees nothing"]);
  });

  test("a lever that cannot be pulled is told, and told to be over", async () => {
    const { stage, ticks, story } = house();
    stage.wrong.set("app@us-east-1", "timeout");
    stage.leverBroken = true;
    await ticks(20);
    expect(story).toContain("opened critical: Cannot drain us-east-1");
    stage.leverBroken = false;
    await ticks(10);
    expect(story).toContain("closed critical: Cannot drain us-east-1");
  });

  test("an order that nobody sees carried out is told although nothing fails", async () => {
    const { stage, ticks, story } = house();
    stage.wrong.set("app@us-east-1", "timeout");
    stage.capacityComes = false;
    await ticks(45);
    expect(story).toContain("opened warning: Ordered and not seen to be so: capacity us-west-2");
  });

  test("while people work on a region its trouble is milder and says so; what outlasts the window is as grave as ever", async () => {
    const { stage, ticks, story, board, store, world, now } = house();
    await ticks(2);
    await store.ask({
      id: "w",
      at: now(),
      by: "ada",
      kind: "maintain",
      reason: "new racks",
      region: "us-east-1",
      ends: now() + 20 * world.rules.cadenceMs,
    });
    stage.wrong.set("app@us-east-1", "timeout");
    stage.wrong.set("ecs@eu-west-1", "timeout");
    await ticks(10);
    expect(story.filter((line) => !line.startsWith("changed")).toSorted()).toEqual([
      "opened warning: Users in us-east-1 are hurt",
      "opened warning: ecs fails in eu-west-1",
    ]);
    expect(story.filter((line) => line.includes("critical"))).toEqual([]);
    expect(open(board()).find((i) => i.region === "us-east-1")?.lines).toContainEqual(
      expect.stringMatching(/^Maintenance of us-east-1 until .* by ada: new racks$/),
    );
    await ticks(20);
    expect(story.at(-1)).toMatch(/^changed critical: Users in us-east-1 are hurt/);
  });

  test("a node that the cascade takes for no news of its own belongs to the root that explains it", async () => {
    const { stage, ticks, sight, rules } = house();
    stage.wrong.set("dynamodb@us-east-1", "nodata");
    stage.wrong.set("s3@us-east-1", "timeout");
    await ticks(6);
    const seen = sight() as Sight & { looked: NonNullable<Sight["looked"]> };
    const { assessment } = seen.looked;
    const abouts = (suppressed: { node: string; because: string }[]) => {
      const cascade = { ...assessment.cascade, suppressed };
      const looked = { ...seen.looked, assessment: { ...assessment, cascade } };
      return open(chronicle(null, { ...seen, looked }, rules)).map((i) => i.about);
    };
    expect(abouts([]).toSorted()).toEqual(["dynamodb@us-east-1", "s3@us-east-1"]);
    expect(abouts([{ node: "s3@us-east-1", because: "dynamodb@us-east-1" }])).toEqual(["dynamodb@us-east-1"]);
  });

  test("what outlasts its root stays the root's incident, and says that it is well", async () => {
    const { stage, ticks, board, sight, rules } = house();
    stage.wrong.set("dynamodb@us-east-1", "nodata");
    await ticks(20);
    stage.wrong.set("lambda@us-east-1", "timeout");
    await ticks(6);
    stage.wrong.delete("dynamodb@us-east-1");
    await ticks(20);
    expect(open(board()).map((i) => i.about)).toEqual(["dynamodb@us-east-1"]);
    expect(open(chronicle(null, sight() as Sight, rules)).map((i) => i.title)).toEqual([
      "dynamodb in us-east-1 is well again, and not all that it took down",
    ]);
  });

  test("a standby that could not take over is told while all is well, once, and until it is known to be ready", async () => {
    const { ticks, story, board, world, stage } = house();
    const limit = {
      id: "limit",
      says: "us-west-2 may run the 4 tasks that carry all users",
      value: "2 allowed",
    };
    await ticks(12);
    expect(story).toEqual([]); // its lever has no shadow here and was never tested, which nobody is woken for
    world.besides = [{ ...limit, met: false }];
    await ticks(29);
    expect(story).toEqual([]); // five minutes' patience
    await ticks(30);
    expect(story).toEqual(["opened warning: us-west-2 could not take over"]);
    expect(open(board())[0]?.lines).toEqual([`Not so: ${limit.says} (2 allowed)`]);
    world.besides = [{ ...limit, met: null, value: "unknown" }];
    await ticks(20);
    expect(open(board())).toHaveLength(1); // silence is no proof
    world.besides = [{ ...limit, met: true, value: "8 allowed" }];
    await ticks(10);
    expect(story.at(-1)).toBe("closed warning: us-west-2 could not take over");
    world.besides = [{ ...limit, met: false }];
    stage.wrong.set("app@us-west-2", "timeout");
    await ticks(60);
    expect(story.slice(2)).toEqual(["opened critical: Users in us-west-2 are hurt"]); // which says it already
  });

  test("another region's analyzer that falls silent is told, whether its beat stops or cannot be read", async () => {
    let beat: number | null = 0;
    const { ticks, story, now } = house(() => ({ "us-west-2": beat }));
    for (let n = 0; n < 5; n++) {
      beat = now();
      await ticks(1);
    }
    await ticks(29);
    expect(story).toEqual([]);
    beat = null;
    await ticks(5);
    expect(story).toEqual(["opened critical: Nobody hears the analyzer in us-west-2"]);
    for (let n = 0; n < 10; n++) {
      beat = now();
      await ticks(1);
    }
    expect(story.at(-1)).toBe("closed critical: Nobody hears the analyzer in us-west-2");
  });

  test("one that was never heard is given as long before it is told", async () => {
    const { ticks, story } = house(() => ({ "us-west-2": null }));
    await ticks(30);
    expect(story).toEqual([]);
    await ticks(3);
    expect(story).toHaveLength(1);
  });

  test("a channel that takes nothing is told to the others, once it has done so for a while", async () => {
    const { ticks, board, sight, rules } = house();
    await ticks(1);
    const failing = { ...board(), failing: { pager: { since: 0, why: "status 500" } } } as Board;
    const later = { ...sight(), now: (sight()?.now ?? 0) + rules.faultMs } as Sight;
    const first = chronicle(failing, { ...later, now: later.now - 1_000 }, rules);
    expect(
      open(chronicle(first, { ...later, now: later.now + rules.faultMs }, rules)).map((i) => i.title),
    ).toEqual(["The channel pager takes no messages"]);
  });
});

const nodes = ["app", "dynamodb", "lambda", "s3", "ec2"].flatMap((s) => [`${s}@us-east-1`, `${s}@us-west-2`]);
const act = fc.oneof(
  fc.record({ wrong: fc.constantFrom(...nodes), how: fc.constantFrom("timeout", "slow", "unknown", "grey") }),
  fc.record({ well: fc.constantFrom(...nodes) }),
  fc.record({ blind: fc.constantFrom("us-east-1", "us-west-2", "eu-west-1") }),
  fc.constant({ see: true }),
  fc.constant({ lever: true }),
);

test("over any history: no sight is told twice, no node has two incidents, nothing that fails goes untold, and editions are few", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(act, fc.integer({ min: 1, max: 9 })), { maxLength: 10 }),
      async (acts) => {
        const { stage, ticks, board, sight, rules, store } = house();
        const seen = new Set<string>();
        for (const [each, count] of acts) {
          if ("wrong" in each) stage.wrong.set(each.wrong, each.how);
          else if ("well" in each) stage.wrong.delete(each.well);
          else if ("blind" in each) stage.blind.add(each.blind);
          else if ("see" in each) stage.blind.clear();
          else stage.leverBroken = !stage.leverBroken;
          for (let n = 0; n < count; n++) {
            await ticks(1);
            const now = board() as Board;
            expect(chronicle(now, sight() as Sight, rules)).toEqual(now);
            const troubles = open(now).filter((i) => i.kind === "trouble");
            const covered = troubles.flatMap((i) => i.nodes);
            expect(covered.length).toBe(new Set(covered).size);
            const down = sight()?.looked?.assessment.services.filter((s) => s.verdict === "down") ?? [];
            for (const s of down) expect(covered).toContain(`${s.service}@${s.region}`);
            expect(new Set(now.incidents.map((i) => i.id)).size).toBe(now.incidents.length);
            for (const i of now.incidents) seen.add(i.id);
          }
        }
        const decisions = (await store.decisions(1_000)).length;
        for (const i of board()?.incidents ?? []) {
          expect(i.edition).toBeLessThanOrEqual(2 + i.nodes.length + 2 + decisions);
        }
      },
    ),
    { numRuns: 60 },
  );
});
