/** The order in which stacks come up and go down, by hands that only remember. Nothing is touched. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploy, destroy, type Hands, inWords, preview } from "../../../infra/deploy/deploy.ts";
import { readStacks } from "../../../infra/deploy/stacks.ts";

const root = join(import.meta.dirname, "../../..");
const check = "01234567-89ab-cdef-0123-456789abcdef";

/** What the stacks tell of themselves, as far as another is told it. */
const outputs: Record<string, Record<string, string>> = {
  "us-west-2": { drainCheck: check, balancer: "app/holdfast-shop/1" },
  "us-east-1": { balancer: "app/holdfast-shop/2" },
};

function hands(failing?: string, tell = outputs) {
  const done: string[] = [];
  const told = new Map<string, string>();
  const lines: string[] = [];
  const act = (what: string, stack: string) => {
    done.push(`${what} ${stack}`);
    if (stack === failing) throw new Error("error: no quota");
  };
  const it: Hands = {
    async preview(stack) {
      act("preview", stack);
      return { create: 2, same: 1 };
    },
    async up(stack) {
      act("up", stack);
      return { changes: { create: 2 }, outputs: tell[stack] ?? {} };
    },
    async destroy(stack) {
      act("destroy", stack);
      return { delete: 2 };
    },
    told: async (stack, key) => told.get(`${stack} ${key}`) ?? null,
    async tell(stack, key, value) {
      done.push(`tell ${stack} ${key}`);
      told.set(`${stack} ${key}`, value);
    },
    async forget(stack, key) {
      done.push(`forget ${stack} ${key}`);
      told.delete(`${stack} ${key}`);
    },
  };
  let now = 0;
  return {
    done,
    told,
    lines,
    options: { hands: it, say: (line: string) => lines.push(line), now: () => (now += 1000) },
  };
}

const stacks = readStacks(root);

describe("deploy()", () => {
  it("brings the standby up first and the primary last, and tells it in between what drains it", async () => {
    const { done, told, options, lines } = hands();
    const outcomes = await deploy(stacks, options);
    expect(done).toEqual([
      "up us-west-2",
      "tell us-east-1 holdfast:drainCheck",
      "up eu-west-1",
      "up us-east-1",
      "tell us-west-2 holdfast:primaryBalancer",
      "up us-west-2", // once more, as it now knows whose users to hear
    ]);
    expect(told.get("us-west-2 holdfast:primaryBalancer")).toBe("app/holdfast-shop/2");
    expect(outcomes.map(({ error }) => error)).toEqual([null, null, null, null]);
    expect(lines).toContain("1/3   us-west-2 (standby) ...");
    expect(lines).toContain("      deployed in 1 s: 2 made");
  });

  it("stops at the first failure, so that the primary is never changed over a broken standby", async () => {
    const { done, options } = hands("us-west-2");
    const outcomes = await deploy(stacks, options);
    expect(done).toEqual(["up us-west-2"]);
    expect(outcomes).toEqual([expect.objectContaining({ stack: "us-west-2", error: "error: no quota" })]);
  });

  it("tells nobody of a primary that did not come up", async () => {
    const { done, options } = hands("us-east-1");
    const outcomes = await deploy(stacks, options);
    expect(done.at(-1)).toBe("up us-east-1");
    expect(outcomes.map(({ error }) => error)).toEqual([null, null, "error: no quota"]);
  });

  it("goes on from where it stopped, and tells again only what is not told", async () => {
    const { done, options } = hands();
    await deploy(stacks, options);
    done.length = 0;
    await deploy(stacks, options);
    expect(done).toEqual(["up us-west-2", "up eu-west-1", "up us-east-1"]);
  });
});

describe("what a stack was told of another that is no more so", () => {
  const balancer = "us-west-2 holdfast:primaryBalancer";
  /** The primary has a load balancer of the user's own now, of which its stack tells nothing. */
  const own = () => hands(undefined, { ...outputs, "us-east-1": {} });

  it("is taken back, and the standby deployed once more without it", async () => {
    const { done, told, lines, options } = own();
    told.set(balancer, "app/holdfast-shop/2");
    const outcomes = await deploy(stacks, options);
    expect(done.slice(-3)).toEqual(["up us-east-1", `forget ${balancer}`, "up us-west-2"]);
    expect(outcomes).toHaveLength(4);
    expect(told.has(balancer)).toBe(false);
    expect(lines).toContain(
      "      us-west-2 is no longer told holdfast:primaryBalancer, app/holdfast-shop/2, which us-east-1 has no more",
    );
  });

  it("stays where a person set it, of a load balancer that no stack of ours made", async () => {
    const { done, told, options } = own();
    told.set(balancer, "app/mine/50dc6c495c0c9188");
    await deploy(stacks, options);
    expect(done.at(-1)).toBe("up us-east-1");
    expect(told.get(balancer)).toBe("app/mine/50dc6c495c0c9188");
  });

  it("is taken back once all is down, so that the next deployment does not begin with it", async () => {
    const { told, options } = hands();
    await deploy(stacks, options);
    expect(told.size).toBe(2);
    await destroy(stacks, options);
    expect([...told.keys()]).toEqual([]);
  });

  it("is kept where something still stands", async () => {
    const { told, options } = hands("us-west-2");
    told.set(balancer, "app/holdfast-shop/2");
    await destroy(stacks, options);
    expect(told.has(balancer)).toBe(true);
  });
});

describe("preview() and destroy()", () => {
  it("look at every stack, whichever fails", async () => {
    const { done, options } = hands("us-west-2");
    const outcomes = await preview(stacks, options);
    expect(done).toEqual(["preview us-west-2", "preview eu-west-1", "preview us-east-1"]);
    expect(outcomes.filter(({ error }) => error !== null)).toHaveLength(1);
  });

  it("take down the primary first and the lever's region last", async () => {
    const { done, options } = hands();
    await destroy(stacks, options);
    expect(done).toEqual(["destroy us-east-1", "destroy eu-west-1", "destroy us-west-2"]);
  });

  it("say in words what changed", () => {
    expect(inWords({ create: 2, update: 1, same: 3 })).toBe("2 made, 1 changed, 3 as before");
    expect(inWords({})).toBe("nothing to do");
  });
});

describe("readStacks()", () => {
  const file = (region: string, more = "") =>
    `config:\n  aws:region: ${region}\n  holdfast:workload: shop\n  holdfast:primary: us-east-1\n  holdfast:standby: us-west-2\n  holdfast:witness: eu-west-1\n${more}`;
  const folder = (files: Record<string, string>) => {
    const place = mkdtempSync(join(tmpdir(), "holdfast-stacks-"));
    for (const [stack, text] of Object.entries(files))
      writeFileSync(join(place, `Pulumi.${stack}.yaml`), text);
    return place;
  };

  it("reads the example trio", () => {
    expect(stacks.map(({ stack, settings }) => [stack, settings.role])).toEqual([
      ["us-west-2", "standby"],
      ["eu-west-1", "witness"],
      ["us-east-1", "primary"],
    ]);
  });

  it("says all that is wrong in any file before anything is touched", () => {
    const place = folder({
      a: file("us-east-1", "  holdfast:nat: both\n"),
      b: file("us-west-2", "  holdfast:zones: a\n"),
    });
    expect(() => readStacks(place)).toThrow(/stack a:\n {2}holdfast:nat(.|\n)*stack b:\n {2}holdfast:zones/);
  });

  it("leaves what is encrypted to the program, and reads what is written as YAML", () => {
    const sealed = "  holdfast:notify:\n    secure: v1:abc:def\n  holdfast:rules:\n    mode: approve\n";
    const place = folder({
      a: file("us-east-1", sealed),
      b: file("us-west-2", "  holdfast:notify: no JSON\n"),
      c: file("eu-west-1"),
    });
    expect(() => readStacks(place)).toThrow(/^Cannot use the settings of stack b:\n {2}holdfast:notify: /);
    const well = folder({ a: file("us-east-1", sealed), b: file("us-west-2"), c: file("eu-west-1") });
    expect(readStacks(well)[2]?.settings).toMatchObject({ rules: '{"mode":"approve"}', notify: "[]" });
  });

  it("says which file is no YAML, and where", () => {
    const place = folder({ a: file("us-east-1"), b: "config:\n  aws:region: us: west\n" });
    expect(() => readStacks(place)).toThrow(
      /^Cannot read .*Pulumi\.b\.yaml: expected YAML; .* at line 2, column \d+$/,
    );
  });

  it("refuses a role without a stack, and one with two", () => {
    const two = { a: file("us-east-1"), b: file("us-west-2") };
    expect(() => readStacks(folder(two))).toThrow("expected one stack file of a witness; got none");
    const four = { ...two, c: file("eu-west-1"), d: file("eu-west-1") };
    expect(() => readStacks(folder(four))).toThrow("expected one stack file of a witness; got c, d");
  });
});
