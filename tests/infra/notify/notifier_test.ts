/** The notice board and its channels together: what is told, how often, and that nothing waits for it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { incidentRules, type Sight } from "../../../analyzer/mod.ts";
import type { Channel, Message } from "../../../infra/notify/channel.ts";
import { deliver, pending } from "../../../infra/notify/deliver.ts";
import { notifier } from "../../../infra/notify/mod.ts";
import { type Board, memory, type Store } from "../../../store/mod.ts";

const rules = incidentRules(10_000);
const nobody = new Promise<never>(() => undefined);

/** A channel that keeps what it took, or does what the test wants. */
function listener(name: string, act: (message: Message) => Promise<void> | void = () => undefined) {
  const took: string[] = [];
  const channel: Channel = {
    name,
    async send(message) {
      await act(message);
      took.push(`${message.event} ${message.incident.about} #${message.incident.edition}`);
    },
  };
  return { channel, took };
}

/** Sees what cannot be done now: the simplest thing that is wrong. */
const sight = (now: number, ...wrong: string[]): Sight => ({
  now,
  looked: null,
  undone: wrong.map((what) => ({ what, why: "denied" })),
  unconfirmed: [],
  beats: {},
});

function desk(channels: Channel[], store: Pick<Store, "board" | "pin"> = memory()) {
  const troubles: string[] = [];
  const made = notifier({
    workload: "shop",
    channels,
    rules,
    store,
    now: () => 0,
    withinMs: 50,
    trouble: (what) => troubles.push(what),
  });
  const see = async (now: number, ...wrong: string[]) => {
    await made.see(sight(now, ...wrong));
    await made.settled();
  };
  return { ...made, see, store, troubles };
}

test("each channel hears an incident once when it is opened and once when it is closed", async () => {
  const one = listener("one");
  const two = listener("two");
  const { see } = desk([one.channel, two.channel]);
  for (let now = 0; now <= 200_000; now += 10_000) await see(now, ...(now < 100_000 ? ["publish"] : []));
  expect(one.took).toEqual(["opened publish #1", "resolved publish #2"]);
  expect(two.took).toEqual(one.took);
});

test("a channel that fails is tried again each turn, shown as failing, told to the others, and catches up", async () => {
  let works = false;
  const ill = listener("ill", () => {
    if (!works) throw new Error("status 500");
  });
  const well = listener("well");
  const { see, store, troubles } = desk([ill.channel, well.channel]);
  for (let now = 0; now <= 150_000; now += 10_000) await see(now, "publish");
  expect(troubles).toEqual(["the channel ill"]); // said once, not each turn
  expect((await store.board())?.failing).toMatchObject({ ill: { why: "status 500" } });
  expect(well.took).toEqual(["opened publish #1", "opened ill #1"]);
  works = true;
  for (let now = 160_000; now <= 300_000; now += 10_000) await see(now, "publish");
  expect((await store.board())?.failing).toEqual({});
  expect(ill.took).toEqual(["opened publish #1"]);
  expect(well.took.at(-1)).toBe("resolved ill #2");
});

test("a channel that never answers holds up neither the tick nor the others", async () => {
  const mute = listener("mute", () => nobody);
  const well = listener("well");
  const { see: turn, settled, store } = desk([mute.channel, well.channel]);
  const made = { see: turn, settled };
  await made.see(70_000, "publish");
  await made.see(140_000, "publish");
  await made.settled();
  expect(well.took).toEqual(["opened publish #1"]);
  expect((await store.board())?.failing.mute?.why).toBe("no answer in time");
});

test("see() returns while a channel is still being told, and begins no second telling meanwhile", async () => {
  let calls = 0;
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const slow = listener("slow", () => {
    calls++;
    return promise;
  });
  const store = memory();
  const made = notifier({
    workload: "shop",
    channels: [slow.channel],
    rules,
    store,
    now: () => 0,
    withinMs: 5_000,
    trouble: () => undefined,
  });
  for (let now = 0; now <= 120_000; now += 10_000) await made.see(sight(now, "publish"));
  expect(calls).toBe(1);
  release();
  await made.settled();
  expect(slow.took).toEqual(["opened publish #1"]);
});

test("after a restart nobody hears again what was told, and everybody hears what was not", async () => {
  const store = memory();
  const first = listener("pager");
  await desk([first.channel], store).see(0, "publish");
  await desk([first.channel], store).see(70_000, "publish");
  expect(first.took).toEqual(["opened publish #1"]);
  const again = listener("pager");
  const other = listener("chat");
  await desk([again.channel, other.channel], store).see(80_000, "publish");
  expect(again.took).toEqual([]);
  expect(other.took).toEqual(["opened publish #1"]);
});

test("a board that cannot be pinned tells nobody: what is not kept would be told twice", async () => {
  const heard = listener("pager");
  const store = { board: async () => null, pin: () => Promise.reject(new Error("denied")) };
  await expect(desk([heard.channel], store).see(70_000, "publish")).rejects.toThrow("denied");
  expect(heard.took).toEqual([]);
});

test("killed at any instant and started again, it says everything at least once, and nothing under two names", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("ok", "die before pin", "die before told", "fail"), { maxLength: 25 }),
      async (script) => {
        const kept = memory();
        const heard: string[] = [];
        let now = 0;
        for (const how of [...script, "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"] as const) {
          let pins = 0;
          const store = {
            board: () => kept.board(),
            async pin(board: Board) {
              pins++;
              if ((how === "die before pin" && pins === 1) || (how === "die before told" && pins === 2))
                throw new Error("died");
              await kept.pin(board);
            },
          };
          const pager: Channel = {
            name: "pager",
            async send({ incident }) {
              if (how === "fail") throw new Error("status 500");
              heard.push(`${incident.id}#${incident.edition}`);
            },
          };
          now += 10_000;
          await desk([pager], store)
            .see(now, "publish")
            .catch(() => undefined);
        }
        const board = await kept.board();
        for (const { id, edition } of board?.incidents ?? []) {
          if (id.startsWith("hands")) expect(heard).toContain(`${id}#${edition}`);
        }
        expect(
          new Set(heard.filter((line) => line.startsWith("hands")).map((line) => line.split("#")[0])).size,
        ).toBe(1);
      },
    ),
    { numRuns: 100 },
  );
});

test("what waits for a channel is bounded, the oldest change first", async () => {
  const incidents = Array.from({ length: 90 }, (_, n) => ({
    id: `hands/${n}`,
    kind: "hands" as const,
    about: `${n}`,
    region: null,
    severity: "info" as const,
    title: "",
    lines: [],
    nodes: [],
    edition: 1,
    openedAt: 0,
    changedAt: 90 - n,
    wellSince: null,
    resolvedAt: null,
  }));
  const board: Board = { at: 0, incidents, told: {}, failing: {}, heard: {}, since: {} };
  expect(pending(board, "pager", "shop")).toHaveLength(20);
  const { channel, took } = listener("pager");
  const { told } = await deliver(board, {
    workload: "shop",
    channels: [channel],
    withinMs: 1_000,
    now: () => 0,
  });
  expect(took[0]).toBe("opened 89 #1");
  expect(Object.keys(told.pager ?? {})).toHaveLength(20);
  expect(pending({ ...board, told }, "pager", "shop")[0]?.incident.id).toBe("hands/69");
});
