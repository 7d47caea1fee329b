/** The store in a file: the contract, and what a file has besides: other processes, damage, room. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BadInput, type Round } from "../../store/records.ts";
import { sqlite } from "../../store/sqlite.ts";
import type { Store } from "../../store/store.ts";
import { decision, report, step } from "../contracts/records.ts";
import { storeContract } from "../contracts/store.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "holdfast-store-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

storeContract("sqlite()", async () => {
  const home = mkdtempSync(join(dir, "contract-"));
  let store = sqlite(home);
  return {
    store,
    async reopen() {
      await store.close();
      store = sqlite(home);
      return store;
    },
    end: () => store.close(),
  };
});

storeContract(
  "two of sqlite() on one file, turn about",
  async () => {
    const home = mkdtempSync(join(dir, "contract-"));
    let two = [sqlite(home), sqlite(home)];
    const close = async () => {
      for (const one of two) await one.close();
    };
    return {
      store: turnAbout(() => two),
      async reopen() {
        await close();
        two = [sqlite(home), sqlite(home)];
        return turnAbout(() => two);
      },
      end: close,
    };
  },
  { histories: 30 },
);

/** Whatever one of them has in mind of the file, the other may just have changed. */
function turnAbout(stores: () => Store[]): Store {
  let calls = 0;
  const turn = (method: PropertyKey) => (method === "then" ? undefined : stores()[calls++ % 2]);
  return new Proxy({} as Store, {
    get(_, method: keyof Store) {
      const mine = turn(method);
      return mine?.[method]?.bind(mine);
    },
  });
}

test("a round that another process said anew, in a table it had emptied, is read as it said it", async () => {
  const [here, there] = [sqlite(dir), sqlite(dir)];
  await here.addRound(busyRound(5));
  expect(await there.rounds(0)).toEqual([busyRound(5)]);
  await here.forget(6);
  await here.addRound({ ...busyRound(5), tookMs: 7 }); // in the row that the first one had
  expect((await there.rounds(0)).map((round) => round.tookMs)).toEqual([7]);
  for (const store of [here, there]) await store.close();
});

test("what another process writes is told as a change, and what is read is not", async () => {
  const path = join(dir, "shared.sqlite");
  const [ours, theirs] = [sqlite(path), sqlite(path)];
  const before = ours.changes?.();
  await theirs.remember(step(0));
  const after = ours.changes?.();
  expect(after).not.toBe(before);
  await ours.standing();
  await theirs.lastReport();
  expect(ours.changes?.()).toBe(after);
  for (const store of [ours, theirs]) await store.close();
});

describe("where sqlite() keeps things", () => {
  test("a directory, made when missing, holds one file and nothing else once closed", async () => {
    const home = join(dir, "not", "there yet");
    const store = sqlite(home);
    await store.remember(step(0));
    await store.close();
    expect(readdirSync(home)).toEqual(["holdfast.sqlite"]);
  });

  test("a name that ends in .sqlite is the file itself, and a link to it is the same store", async () => {
    const file = join(dir, "mine #1?.sqlite");
    const store = sqlite(file);
    await store.remember(step(0));
    symlinkSync(file, join(dir, "link.sqlite"));
    const again = sqlite(join(dir, "link.sqlite"));
    expect(await again.remember(step(0))).toBe(false);
    expect(await again.remember(step(1))).toBe(true);
    await again.close();
    expect((await store.standing())?.version).toBe(2);
    await store.close();
  });

  test("a page of the past has what began in it, oldest first, and damage in it is named", async () => {
    const store = sqlite(dir);
    for (const at of [1, 9, 4, 6]) await store.addRound(busyRound(at));
    expect((await store.roundsBetween(2, 9)).map((round) => round.at)).toEqual([4, 6]);
    const db = new DatabaseSync(join(dir, "holdfast.sqlite"));
    db.exec("UPDATE rounds SET body = x'00' WHERE at = 4");
    db.close();
    expect((await store.roundsBetween(2, 9)).map((round) => round.at)).toEqual([6]);
    expect((await store.damaged()).map((d) => d.record)).toEqual([expect.stringContaining("at 4")]);
    await store.close();
  });

  test("room that was forgotten is used again, so the file stops growing", async () => {
    const store = sqlite(dir);
    const sizes: number[] = [];
    for (let at = 0; at < 600; at++) {
      await store.addRound(busyRound(at));
      if (at % 100 === 99) {
        await store.forget(at - 50);
        sizes.push(await pages());
      }
    }
    await store.close();
    expect(sizes.at(-1)).toBe(sizes[1]);

    async function pages(): Promise<number> {
      const reader = new DatabaseSync(join(dir, "holdfast.sqlite"), { readOnly: true });
      const found = Number(reader.prepare("PRAGMA page_count").get()?.page_count);
      reader.close();
      return found;
    }
  });

  test("a round of sixty observations takes less than a third of its JSON", async () => {
    const store = sqlite(dir);
    const empty = statSync(join(dir, "holdfast.sqlite")).size;
    const rounds = Array.from({ length: 50 }, (_, at) => busyRound(at));
    for (const round of rounds) await store.addRound(round);
    await store.close();
    const grown = statSync(join(dir, "holdfast.sqlite")).size - empty;
    expect(grown).toBeLessThan(JSON.stringify(rounds).length / 3);
  });
});

test("a store of the version before is given what it lacks, and keeps what it has", async () => {
  const before = sqlite(dir);
  await before.remember(step(0, { decision: decision("d1") }));
  const had = [await before.standing(), await before.decisions(10), await before.requests()];
  await before.close();
  const db = new DatabaseSync(join(dir, "holdfast.sqlite"));
  db.exec("DROP TABLE board; PRAGMA user_version = 1");
  db.close();
  const store = sqlite(dir);
  expect(await store.board()).toBeNull();
  await store.pin({ at: 1, incidents: [], told: {}, failing: {}, heard: {}, since: {} });
  expect(await store.board()).toMatchObject({ at: 1 });
  expect([await store.standing(), await store.decisions(10), await store.requests()]).toEqual(had);
  await store.close();
  await sqlite(dir).close(); // and is found whole the next time
});

describe("sqlite() refuses, and leaves untouched,", () => {
  const file = () => join(dir, "holdfast.sqlite");
  const altered = async (sql: string) => {
    await sqlite(dir).close();
    const db = new DatabaseSync(file());
    db.exec(sql);
    db.close();
  };
  const cases: [string, RegExp, () => unknown][] = [
    [
      "a file that is no database",
      /found file is not a database/,
      () => writeFileSync(file(), "Dear diary, ".repeat(900)),
    ],
    ["an empty file", /found an empty file/, () => writeFileSync(file(), "")],
    [
      "another program's database",
      /found the SQLite database of another program/,
      () => {
        const db = new DatabaseSync(file());
        db.exec("PRAGMA journal_mode = WAL; CREATE TABLE bookmarks (url TEXT)");
        db.close();
      },
    ],
    [
      "a store of a newer Holdfast",
      /expected a store of version 2; found version 3/,
      () => altered("PRAGMA user_version = 3"),
    ],
    [
      "a store without one of its tables",
      /differs in CREATE TABLE orders/,
      () => altered("DROP TABLE orders"),
    ],
    ["a store with a table too many", /differs in CREATE TABLE x/, () => altered("CREATE TABLE x (y)")],
    [
      "a store cut short",
      /expected a whole/,
      async () => {
        await altered("INSERT INTO decisions VALUES (1, hex(zeroblob(40000)))");
        truncateSync(file(), 3 * 4096 + 100);
      },
    ],
    [
      "a store with a page of noise",
      /expected a whole/,
      async () => {
        await altered("INSERT INTO decisions VALUES (1, '{}')");
        const bytes = readFileSync(file());
        writeFileSync(file(), bytes.fill(0xa5, 4096, 2 * 4096));
      },
    ],
    ["a directory in the file's place", /expected a file; found a directory/, () => mkdirSync(file())],
  ];
  test.each(cases)("%s", async (_, complaint, lay) => {
    await lay();
    const before = contents(dir);
    expect(() => sqlite(dir)).toThrow(BadInput);
    expect(() => sqlite(dir)).toThrow(complaint);
    expect(() => sqlite(dir)).toThrow(/Move it away, or choose another --data DIR/);
    expect(contents(dir)).toEqual(before);
  });

  test("a database that another program has open", () => {
    const db = new DatabaseSync(file());
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE bookmarks (url TEXT)");
    const before = contents(dir);
    expect(() => sqlite(dir)).toThrow(/another program/);
    expect(contents(dir)).toEqual(before);
    db.close();
  });

  test("a file in the directory's place", () => {
    writeFileSync(join(dir, "notes"), "mine");
    expect(() => sqlite(join(dir, "notes"))).toThrow(/expected a directory .* this user may write; found/);
    expect(contents(dir)).toEqual({ notes: "mine" });
  });

  test("a directory and a file that this user may not write", async () => {
    await sqlite(dir).close();
    chmodSync(file(), 0o444);
    mkdirSync(join(dir, "shut"));
    for (const each of [dir, join(dir, "shut")]) chmodSync(each, 0o555);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534); // root may write anywhere, so the question is asked as nobody
    try {
      for (const where of [dir, join(dir, "shut"), join(dir, "new")]) {
        expect(() => sqlite(where)).toThrow(/a directory and a file this user may write; found/);
      }
    } finally {
      if (root) process.seteuid?.(0);
      for (const each of [dir, join(dir, "shut")]) chmodSync(each, 0o755);
    }
    expect(readdirSync(dir).toSorted()).toEqual(["holdfast.sqlite", "shut"]);
  });
});

describe("a damaged record", () => {
  test("is refused, named once however often it is met, and the others are given", async () => {
    const store = await filled();
    await store.close();
    const db = new DatabaseSync(join(dir, "holdfast.sqlite"));
    db.exec(`
      UPDATE rounds SET body = x'00ff' WHERE at = 2;
      UPDATE voices SET body = '{"at":1}';
      UPDATE decisions SET body = 'not json' WHERE version = 2;
      UPDATE orders SET body = '{}' WHERE id = 'o1';
      UPDATE requests SET body = replace(body, 'hold', 'jump');
      UPDATE points SET body = '[]' WHERE at = 3;
      UPDATE report SET body = 'null';
    `);
    db.close();
    const reopened = sqlite(dir);
    for (let i = 0; i < 2; i++) {
      expect((await reopened.rounds(0)).map((r) => r.at)).toEqual([1, 3]);
      expect(await reopened.voices(0)).toEqual([]);
      expect((await reopened.decisions(9)).map((d) => d.id)).toEqual(["d3", "d1"]);
      expect((await reopened.unconfirmed()).map((o) => o.id)).toEqual(["o2", "o3"]);
      expect(await reopened.requests()).toEqual([]);
      expect((await reopened.history(0)).map((p) => p.at)).toEqual([1, 2]);
      expect(await reopened.lastReport()).toBeNull();
    }
    const damaged = await reopened.damaged();
    expect(damaged.map((d) => d.record)).toEqual([
      "round of a at 2",
      "voice of us-east-1 at 1",
      "decision of version 2",
      "order o1",
      "request q",
      "point at 3",
      "last report",
    ]);
    expect(damaged[4]?.why).toMatch(/Cannot read request q: kind: .*jump/);
    await reopened.close();
  });

  test("of where the failover stands is never guessed at: reading it throws, and a step from nothing is not kept", async () => {
    const store = await filled();
    await store.close();
    const db = new DatabaseSync(join(dir, "holdfast.sqlite"));
    db.exec("UPDATE standing SET body = '{}'");
    db.close();
    const reopened = sqlite(dir);
    await expect(reopened.standing()).rejects.toThrow(
      /standing of version 3: .*Where the failover stands is not guessed/,
    );
    expect(await reopened.remember(step(0))).toBe(false);
    await reopened.close();
  });

  test("by one wrong bit anywhere in the file is either refused at the door or named; nothing else breaks", async () => {
    await (await filled()).close();
    const whole = readFileSync(join(dir, "holdfast.sqlite"));
    let refused = 0;
    let named = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length * 8 - 1 }), async (bit) => {
        const home = mkdtempSync(join(dir, "bit-"));
        const bytes = Buffer.from(whole);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(join(home, "holdfast.sqlite"), bytes);
        let store: Store;
        try {
          store = sqlite(home);
        } catch (fault) {
          expect(fault).toBeInstanceOf(BadInput);
          expect(contents(home)).toEqual({ "holdfast.sqlite": bytes.toString("latin1") });
          refused++;
          return;
        }
        const lists = [
          store.rounds(0),
          store.voices(0),
          store.history(0),
          store.decisions(9),
          store.unconfirmed(),
          store.requests(),
        ];
        await Promise.all([...lists, store.lastReport()]);
        const standing = await store.standing().catch((fault) => fault);
        if (standing instanceof BadInput) named++;
        else expect(standing).toHaveProperty("phase");
        named += (await store.damaged()).length;
        await store.close();
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
    expect(named).toBeGreaterThan(0);
  });

  async function filled(): Promise<Store> {
    const store = sqlite(dir);
    for (const v of [1, 2, 3]) {
      await store.addRound(busyRound(v));
      await store.report(report(v));
      await store.remember(
        step(v - 1, {
          decision: decision(`d${v}`),
          orders: [
            { id: `o${v}`, at: v, kind: "drain", region: "us-east-1", drained: true, manner: "graceful" },
          ],
        }),
      );
    }
    await store.ask({ id: "q", at: 1, by: "ada", kind: "hold", reason: "drill" });
    await store.addVoices([{ at: 1, spanMs: 1_000, region: "us-east-1", requests: 9, failed: 0, p95Ms: 12 }]);
    return store;
  }
});

/** As much as one vantage point hears of three regions in one go, no two answers alike. */
function busyRound(at: number): Round {
  const observations = Array.from({ length: 60 }, (_, i): Round["observations"][number] => {
    const seed = (at + 1) * 7_919 + i * 104_729; // spread enough that no two rounds repeat each other
    return {
      at,
      vantage: "a",
      target: `service-${i}`,
      kind: "dns",
      purpose: "service",
      service: `service-${i % 20}`,
      region: "us-east-1",
      latencyMs: (seed % 80_021) / 1_000,
      facts: {
        rcode: "NOERROR",
        ttl: seed % 60,
        addresses: [`192.0.2.${seed % 251}`, `198.51.100.${seed % 241}`],
      },
      verdict: "up",
      reason: null,
    };
  });
  return { vantage: "a", vantageRegion: "us-east-1", at, tookMs: 20, blind: false, observations };
}

/** Every file under a directory, byte for byte. */
function contents(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    names.map((name) => {
      const path = join(root, name);
      return [name, statSync(path).isDirectory() ? "(directory)" : readFileSync(path, "latin1")];
    }),
  );
}
