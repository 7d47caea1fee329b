/** tests · main job. What Holdfast is for, from outside: the real program is started, its world is broken, and users
 *  are followed by resolving the workload's name and fetching what it leads to. The bounds are promises to users. */
import { expect, test } from "vitest";
import { Program, until } from "./program.ts";

const minute = 60_000;

type Context = { onTestFinished(end: () => Promise<void>): void };

async function started({ onTestFinished }: Context): Promise<Program> {
  const program = new Program();
  onTestFinished(() => program.close());
  await program.start();
  await until(
    "all is seen to be well",
    minute,
    () => program.state(),
    (s) => s.phase === "home" && s.regions.length === 3 && s.regions.every((r) => (r.score ?? 0) > 0.9),
  );
  return program;
}

const moves = (decisions: { orders: { kind: string }[] }[]) =>
  decisions.filter((d) => d.orders.some((o) => o.kind === "drain")).length;

// The longest first: three run at a time.
test.concurrent(
  "killed in each phase and started again: every decision is kept, none is doubled, and the story ends well",
  async (context) => {
    const program = await started(context);
    const dieIn = async (phase: string) => {
      await program.next((line) => line.event === "decision" && line.to === phase);
      await program.kill();
      await program.start();
    };
    const grey = dieIn("doubting");
    await program.break("grey", "us-east-1"); // a third of requests fail: Route 53 alone sees nothing
    await grey;
    for (const phase of ["preparing", "shifting", "verifying", "away"]) {
      const already = (await program.state()).decisions.some((d) => d.to === phase);
      if (!already) await dieIn(phase);
    }
    await until(
      "users are away",
      minute,
      () => program.state(),
      (s) => s.phase === "away",
    );
    expect(await program.servedBy()).toBe("us-west-2");

    await program.mend();
    const returning = dieIn("returning");
    await program.run("failback", "--reason", "mended", "--no-wait");
    await returning;
    const home = await until(
      "users are home",
      minute,
      () => program.state(),
      (s) => s.phase === "home",
    );
    expect(await program.servedBy()).toBe("us-east-1");

    const kept = home.decisions.map((d) => d.id);
    const said = program.said.filter((line) => line.event === "decision").map((line) => line.id);
    expect(kept).toEqual(expect.arrayContaining(said));
    expect(new Set(kept).size).toBe(kept.length);
    expect(moves(home.decisions)).toBe(2);
  },
  4 * minute,
);

test.concurrent(
  "a region goes down: users are in the standby within 30 s, stay when it comes back, and return when asked",
  async (context) => {
    const program = await started(context);
    expect(await program.servedBy()).toBe("us-east-1");

    expect((await program.run("break", "region-down", "us-east-1")).code).toBe(0);
    await until(
      "users are served in us-west-2",
      30_000,
      () => program.servedBy(),
      (r) => r === "us-west-2",
    );
    const away = await until(
      "the move is proved",
      minute,
      () => program.state(),
      (s) => s.phase === "away",
    );
    expect(away.activeRegion).toBe("us-west-2");
    expect(away.lever.drained).toEqual({ "us-east-1": true, "us-west-2": false });
    expect((await program.run("status", "--json")).code).toBe(1);

    expect((await program.run("mend")).code).toBe(0);
    await until(
      "us-east-1 is well again",
      minute,
      () => program.state(),
      (s) => (s.regions.find((r) => r.region === "us-east-1")?.score ?? 0) > 0.9,
    );
    expect(await program.servedBy()).toBe("us-west-2");
    expect((await program.state()).phase).toBe("away");

    const home = await program.run("failback", "--reason", "the drill is over");
    expect(home).toMatchObject({ code: 0 });
    expect(await program.servedBy()).toBe("us-east-1");
    expect(moves((await program.state()).decisions)).toBe(2);
  },
  3 * minute,
);

test.concurrent(
  "a name goes empty: the root is named within 10 s and the standby made ready, but nobody moves",
  async (context) => {
    const program = await started(context);
    await program.break("dns-nodata", "us-east-1");
    await until(
      "the root is named",
      10_000,
      () => program.state(),
      (s) => s.cascade.root === "dynamodb@us-east-1",
    );
    await until(
      "the standby has its tasks",
      minute,
      () => program.state(),
      (s) => s.regions.find((r) => r.region === "us-west-2")?.capacity?.running === 4,
    );
    const state = await program.state();
    expect(state.phase).toBe("preparing");
    expect(moves(state.decisions)).toBe(0);
    expect(await program.servedBy()).toBe("us-east-1");
    await program.mend();
    await until(
      "all is forgiven",
      minute,
      () => program.state(),
      (s) => s.phase === "home",
    );
  },
  3 * minute,
);

test.concurrent(
  "nowhere to go: with the standby down too nobody is moved, and it says why; held by a person, it stays so over a kill",
  async (context) => {
    const program = await started(context);
    await program.break("standby-down", "us-west-2");
    await until(
      "the standby is seen to be unfit",
      minute,
      () => program.state(),
      (s) => (s.regions.find((r) => r.region === "us-west-2")?.score ?? 1) < 0.7,
    );
    await program.break("region-down", "us-east-1");
    const stuck = await until(
      "it says why",
      minute,
      () => program.state(),
      (s) => /hurt but stay/.test(s.why),
    );
    expect(stuck.why).toContain("us-west-2");
    expect(stuck.lever.drained).toEqual({ "us-east-1": false, "us-west-2": false });
    expect(moves(stuck.decisions)).toBe(0);

    const held = program.next((line) => line.event === "decision" && line.to === "held");
    await program.ask("hold", "nothing may move while we look");
    await held;
    await program.kill();
    await program.start();
    const after = await until(
      "it looks again",
      minute,
      () => program.state(),
      (s) => s.decisions[0]?.to === "held" && s.why.startsWith("Held by"),
    );
    expect(after).toMatchObject({
      phase: "held",
      why: expect.stringContaining("nothing may move while we look"),
    });
    expect(after.lever.drained).toEqual({ "us-east-1": false, "us-west-2": false });
    const on = program.next((line) => line.event === "decision" && line.from === "held");
    await program.ask("release", "go on");
    expect(await on).toMatchObject({ to: "preparing" }); // from where it was, before the kill too
    expect(moves((await program.state()).decisions)).toBe(0);
  },
  3 * minute,
);

test.concurrent(
  "one vantage point goes blind: nobody moves; then a region flaps: users move once at most",
  async (context) => {
    const program = await started(context);
    await program.break("blind-vantage", "eu-west-1");
    await until(
      "it is said",
      minute,
      () => program.state(),
      (s) => JSON.stringify(s).includes("sees nothing"),
    );
    expect((await program.state()).phase).toBe("home");
    await program.mend();
    await program.break("flap", "us-east-1");
    const settled = await until(
      "users are out of it",
      minute,
      () => program.state(),
      (s) => s.phase === "away",
    );
    expect(moves(settled.decisions)).toBe(1);
    const beats = async () => (await program.state()).standing?.version ?? 0;
    for (let turned = 0; turned < 8; turned++) {
      const before = await beats(); // eight of them are two whole turns of the flapping region
      expect(await program.servedBy()).toBe("us-west-2");
      await until("a beat later", minute, beats, (now) => now > before);
    }
    expect(moves((await program.state()).decisions)).toBe(1);
  },
  3 * minute,
);
