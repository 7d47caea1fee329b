/** The local world from outside: names as kdig resolves them, pages as a client gets them, users as they tell. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recall } from "../../../infra/local/memory.ts";
import type { World } from "../../../infra/local/mod.ts";
import { serviceIds, serviceName } from "../../../infra/local/places.ts";
import { EdgeError } from "../../../probes/edge.ts";
import { BadInput, type HttpTarget, type Order, Topology, Voice } from "../../../store/records.ts";
import { aWorld, dig, digAt, get, leads, newDir, portOf, post, until } from "./inside.ts";

const [home, away, witness] = ["us-east-1", "us-west-2", "eu-west-1"] as const;
const drain = (drained: boolean): Order => ({
  id: "1",
  at: 1,
  kind: "drain",
  region: home,
  drained,
  manner: "graceful",
});
const scale = (want: "normal" | "full"): Order => ({ id: "2", at: 1, kind: "capacity", region: away, want });
const soon = () => AbortSignal.timeout(5_000);
const untilLeads = (world: World, region: string) =>
  until(
    `the name leads to ${region}`,
    () => leads(world),
    (to) => to === region,
  );
const untilDone = (world: World, order: Order) =>
  until(
    `${order.kind} is seen to be done`,
    () => world.traffic.carryOut(order),
    (is) => is,
  );

describe("a world that is well", () => {
  test("every service of every region resolves and answers for itself", async () => {
    const world = await aWorld();
    for (const [i, region] of [home, away, witness].entries())
      for (const service of serviceIds) {
        const name = serviceName(service, region);
        expect(await dig(world, name)).toEqual({
          status: "NOERROR",
          addresses: [1, 2, 3].map((zone) => `127.0.${i + 1}.${zone}`),
        });
        const ping = await get(world, region, `${name}:${portOf(world)}`, "/ping");
        expect(ping).toMatchObject({ status: 200, body: `healthy: ${name}` });
      }
  });

  test("the workload is served at home, by every page, and says by whom", async () => {
    const world = await aWorld();
    expect(await leads(world)).toBe(home);
    const response = await fetch(`http://127.0.1.2:${portOf(world)}/`, { method: "HEAD" });
    expect(response.headers.get("x-served-by")).toBe(home);
    expect((await get(world, home, "app.holdfast.test", "/"))?.body).toContain("<h1>");
    expect(JSON.parse((await get(world, home, "app.holdfast.test", "/health"))?.body ?? "")).toEqual({
      healthy: true,
      region: home,
      running: 4,
    });
    expect(
      JSON.parse((await get(world, away, "us-west-2.app.holdfast.test", "/checkout"))?.body ?? ""),
    ).toMatchObject({
      paid: true,
      region: away,
    });
    expect(await get(world, witness, "app.holdfast.test", "/")).toMatchObject({ status: 404 });
    expect(await get(world, home, "somebody.else.test", "/ping")).toMatchObject({ status: 404 });
  });

  test("users are at home and content, and their voices are records", async () => {
    const world = await aWorld();
    const voices = await until(
      "users at home",
      () => world.voices(),
      (v) => v.some((x) => x.requests > 5),
    );
    for (const voice of voices) expect(Voice.parse(voice)).toMatchObject({ region: home, failed: 0 });
  });

  test("the topology is one that holds, and each of its targets answers from each vantage point", async () => {
    const world = await aWorld();
    expect(Topology.parse(world.topology)).toEqual(world.topology);
    expect(new Set(world.topology.targets.map((t) => t.id)).size).toBe(world.topology.targets.length);
    for (const target of world.topology.targets) {
      expect(target.resolver).toMatch(/^127\.0\.0\.1:\d+$/);
      if (!("url" in target)) continue;
      const url = new URL(target.url);
      const [host = ""] = await digAt(target.resolver ?? "", url.hostname);
      for (const { id } of world.topology.vantages) {
        const answer = await world.edge(id).http({ url, address: { host, port: Number(url.port) } }, soon());
        expect([target.id, answer.status]).toEqual([target.id, 200]);
      }
    }
  });

  test("health, tasks and metrics refuse what they can't read, with the reason", async () => {
    const world = await aWorld();
    const ecs = serviceName("ecs", away);
    expect(await post(world, ecs, "/tasks", '{"desired":0}')).toMatchObject({
      status: 400,
      body: expect.stringContaining("desired"),
    });
    expect(await post(world, ecs, "/tasks", "{")).toMatchObject({
      status: 400,
      body: expect.stringContaining("expected JSON"),
    });
    expect(await post(world, ecs, "/tasks", "x".repeat(20_000))).toMatchObject({ status: 400 });
    expect(await post(world, "monitoring.us-west-2.amazonaws.com", "/metrics", '{"value":2}')).toMatchObject({
      status: 400,
    });
    expect(await post(world, "app.holdfast.test", "/checkout", "")).toMatchObject({ status: 405 });
  });
});

describe("what may be broken, seen from outside", () => {
  test.each([
    ["dns-nodata", "NOERROR"],
    ["dns-nxdomain", "NXDOMAIN"],
    ["dns-servfail", "SERVFAIL"],
  ])("%s: one name of one region, %s without addresses; nothing else", async (fault, status) => {
    const world = await aWorld();
    await world.playground.break({ fault, region: home });
    expect(await dig(world, serviceName("dynamodb", home))).toEqual({ status, addresses: [] });
    expect((await dig(world, serviceName("dynamodb", away))).addresses).toHaveLength(3);
    expect((await dig(world, serviceName("dynamodb-streams", home))).addresses).toHaveLength(3);
    await world.playground.break({ fault, region: witness, service: "sts" });
    expect(await dig(world, serviceName("sts", witness))).toEqual({ status, addresses: [] });
    expect(await leads(world)).toBe(home);
    await world.playground.mend();
    expect((await dig(world, serviceName("dynamodb", home))).addresses).toHaveLength(3);
  });

  test("with DynamoDB's name gone, Lambda and STS there fail too after a while, and mend with it", async () => {
    const world = await aWorld({ timings: { consequenceMs: 300 } });
    const ping = async (service: "lambda" | "sts" | "s3", region: string) =>
      (await get(world, region, serviceName(service, region), "/ping"))?.status;
    await world.playground.break({ fault: "dns-nodata", region: home });
    await until(
      "STS to fail",
      () => ping("sts", home),
      (status) => status === 503,
    );
    expect(await ping("lambda", home)).toBe(503);
    expect([await ping("s3", home), await ping("sts", away)]).toEqual([200, 200]);
    expect(await get(world, home, "app.holdfast.test", "/")).toMatchObject({ status: 200 });
    await world.playground.mend();
    expect(await ping("sts", home)).toBe(200);
  });

  test("region-down: nothing answers, the name moves by Route 53's rules alone, and comes back by itself", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "region-down", region: home });
    expect(await get(world, home, "app.holdfast.test", "/")).toBeNull();
    expect(await get(world, home, serviceName("s3", home), "/ping")).toBeNull();
    await untilLeads(world, away);
    const users = await until(
      "users in the standby",
      () => world.voices(),
      (v) => v.length > 0 && v.every((x) => x.region === away),
    );
    expect(users.every((voice) => voice.failed === 0)).toBe(true);
    await world.playground.mend();
    await untilLeads(world, home);
    expect(await get(world, home, "app.holdfast.test", "/")).toMatchObject({ status: 200 });
  });

  test("region-down cuts the connections that are open", async () => {
    const world = await aWorld({ timings: { answerMsMin: 60_000, answerMsMax: 60_000 } });
    const waiting = get(world, home, "app.holdfast.test", "/");
    await world.playground.break({ fault: "region-down", region: home });
    expect(await waiting).toBeNull();
  });

  test("region-slow: every answer takes long, so the health checks give up and the name moves", async () => {
    const world = await aWorld({ timings: { checkAnswerMs: 200 } });
    await world.playground.break({ fault: "region-slow", region: home });
    const slow = await get(world, home, serviceName("sts", home), "/ping");
    expect(slow?.answerMs).toBeGreaterThanOrEqual(290); // 300 ms by a timer that may be a little early
    await untilLeads(world, away);
  });

  test("grey: about a third of requests fail, some by a cut, and the health checks see nothing", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "grey", region: home });
    const asks = Array.from({ length: 120 }, () => get(world, home, "app.holdfast.test", "/"));
    const heard = await Promise.all(asks);
    const failed = heard.filter((h) => h === null || h.status >= 500).length;
    expect(failed).toBeGreaterThan(15); // 40 expected; beyond these bounds once in 10^6 worlds
    expect(failed).toBeLessThan(70);
    expect(heard.some((h) => h === null)).toBe(true);
    for (let i = 0; i < 20; i++)
      expect(await get(world, home, "app.holdfast.test", "/health")).toMatchObject({ status: 200 });
    expect(await leads(world)).toBe(home);
  });

  test("flap: down and up again and again, too short for three checks in a row", async () => {
    const world = await aWorld({ timings: { checkIntervalMs: 1_000 } });
    await world.playground.break({ fault: "flap", region: home });
    const up = async () => (await get(world, home, "app.holdfast.test", "/health")) !== null;
    for (const state of [false, true, false, true]) await until(`up: ${state}`, up, (is) => is === state);
    expect(await leads(world)).toBe(home);
    await world.playground.mend();
    await until("up", up, (is) => is);
  });

  test("standby-down: 503 without tasks; then a dead home keeps the name, since somebody must answer", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "standby-down", region: away });
    expect(await get(world, away, "app.holdfast.test", "/")).toMatchObject({ status: 503 });
    expect((await get(world, away, serviceName("ecs", away), "/tasks"))?.body).toContain('"running":0');
    expect(await world.traffic.carryOut(scale("full"))).toBe(false);
    await world.playground.break({ fault: "region-down", region: home });
    await until(
      "failing users",
      () => world.voices(),
      (v) => v.some((x) => x.region === home && x.failed > 0),
    );
    expect(await leads(world)).toBe(home);
    await world.playground.mend();
    await untilDone(world, scale("full"));
    expect(await get(world, away, "app.holdfast.test", "/")).toMatchObject({ status: 200 });
  });

  test("blind-vantage: that one sees nothing, controls included; the others see all", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "blind-vantage", region: witness });
    const control = world.topology.targets.find(
      (t): t is HttpTarget => t.kind === "http" && t.purpose === "control",
    );
    const url = new URL(control?.url ?? "");
    const ask = { url, address: { host: "127.0.0.1", port: Number(url.port) } };
    const blind = world.edge(witness);
    const name = { host: "127.0.0.1", port: 9 };
    for (const attempt of [
      blind.http(ask, soon()),
      blind.connect(ask.address, soon()),
      blind.udp(new Uint8Array(12), name, () => true, soon()),
      blind.tcp(new Uint8Array(12), name, soon()),
      blind.tls(ask.address, "x.test", soon()),
    ]) {
      const error = await attempt.then(
        () => null,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(EdgeError);
      expect(error).toMatchObject({ fault: "unreachable" });
    }
    expect((await world.edge(home).http(ask, soon())).status).toBe(200);
    await world.playground.mend();
    expect((await blind.http(ask, soon())).status).toBe(200);
  });

  test("two at once, each twice, and all mended together", async () => {
    const world = await aWorld();
    for (let i = 0; i < 2; i++) {
      await world.playground.break({ fault: "dns-nodata", region: away });
      await world.playground.break({ fault: "region-down", region: home });
    }
    expect(world.playground.faults()).toEqual([
      { fault: "dns-nodata", region: away, service: "dynamodb", since: expect.any(Number) },
      { fault: "region-down", region: home, since: expect.any(Number) },
    ]);
    await world.playground.mend();
    await world.playground.mend();
    expect(world.playground.faults()).toEqual([]);
    expect(await get(world, home, "app.holdfast.test", "/")).toMatchObject({ status: 200 });
  });

  test.each([
    [{ fault: "region-dwon", region: home }, /expected one of dns-nodata, .*Did you mean region-down\?/],
    [{ fault: "region-down", region: "us-east-2" }, /Unknown region: .*Did you mean us-east-1\?/],
    [{ fault: "dns-nodata", region: home, service: "dynamo" }, /Unknown service: .*Did you mean dynamodb\?/],
    [{ fault: "", region: home }, /Unknown fault: .*got ""\.$/],
    [{ fault: "grey", region: witness }, /no users there; expected us-east-1 or us-west-2/],
    [{ fault: "flap", region: home, service: "s3" }, /expected no service; got "s3"/],
  ])("%j is refused with what there is", async (asked, message) => {
    const world = await aWorld();
    const refused = world.playground.break(asked);
    await expect(refused).rejects.toThrow(BadInput);
    await expect(world.playground.break(asked)).rejects.toThrow(message);
    expect(world.playground.faults()).toEqual([]);
  });

  test("standby-down needs no region", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "standby-down", region: "" });
    expect(world.playground.faults()).toMatchObject([{ fault: "standby-down", region: away }]);
  });
});

describe("the hands", () => {
  test("scales the standby by its own API, and says so only when the tasks run", async () => {
    const world = await aWorld();
    expect(await world.traffic.carryOut(scale("full"))).toBe(false);
    await untilDone(world, scale("full"));
    expect((await get(world, away, serviceName("ecs", away), "/tasks"))?.body).toBe(
      '{"running":4,"desired":4}\n',
    );
    await untilDone(world, scale("normal"));
  });

  test("the lever moves a healthy region's users, holds in silence, and brings them back when told", async () => {
    const world = await aWorld();
    await untilDone(world, drain(true));
    expect(await leads(world)).toBe(away);
    await until(
      "users in the standby",
      () => world.voices(),
      (v) => v.length > 0 && v.every((x) => x.region === away),
    );
    expect(await leads(world)).toBe(away); // many alarm periods have passed without a word
    await world.traffic.publish(home);
    await untilDone(world, drain(false));
    expect(await leads(world)).toBe(home);
  });

  test("a latch: the home region dies, is drained, and mends; the name stays away", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "region-down", region: home });
    await untilLeads(world, away);
    await untilDone(world, drain(true));
    await world.playground.mend();
    await until(
      "home is healthy",
      () => get(world, home, "app.holdfast.test", "/health"),
      (h) => h?.status === 200,
    );
    await world.traffic.publish(home);
    let visits = 0; // of ten users, ten a second: time for three more checks by every checker
    const stay = () => {
      for (const voice of world.voices()) visits += voice.region === away ? voice.requests : 0;
      return visits;
    };
    await until("users who stay", stay, (n) => n > 60);
    expect(await leads(world)).toBe(away);
  });

  test("a standby that is down cannot be told anything, and says so", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "region-down", region: away });
    await expect(world.traffic.publish(home)).rejects.toThrow(/Cannot call monitoring\.us-west-2/);
    await expect(world.traffic.carryOut(scale("full"))).rejects.toThrow(/Cannot call ecs\.us-west-2/);
  });

  test("a scale-up needs the API's name", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "dns-nodata", region: away, service: "ecs" });
    await expect(world.traffic.carryOut(scale("full"))).rejects.toThrow(/its name has no address/);
  });

  test("only home can be drained", async () => {
    const world = await aWorld();
    await expect(world.traffic.publish(away)).rejects.toThrow(BadInput);
    await expect(world.traffic.carryOut({ ...drain(true), region: away } as Order)).rejects.toThrow(BadInput);
  });
});

describe("what is not forgotten", () => {
  test("faults, drain and tasks outlast the program", async () => {
    const dir = await newDir();
    const before = await aWorld({ dir });
    await before.playground.break({ fault: "dns-nxdomain", region: witness, service: "s3" });
    await untilDone(before, drain(true));
    await untilDone(before, scale("full"));
    const faults = before.playground.faults();
    await before.stop();

    const after = await aWorld({ dir });
    expect(after.playground.faults()).toEqual(faults);
    expect(await dig(after, serviceName("s3", witness))).toEqual({ status: "NXDOMAIN", addresses: [] });
    expect(await leads(after)).toBe(away);
    expect((await get(after, away, serviceName("ecs", away), "/tasks"))?.body).toBe(
      '{"running":4,"desired":4}\n',
    );
  });

  test("a region that was down is down again, and its name away at once", async () => {
    const dir = await newDir();
    const before = await aWorld({ dir });
    await before.playground.break({ fault: "region-down", region: home });
    await untilLeads(before, away);
    await before.stop();
    const after = await aWorld({ dir });
    expect(await leads(after)).toBe(away);
    expect(await get(after, home, "app.holdfast.test", "/")).toBeNull();
  });

  test("killed without a word, it remembers all that it had said was done", async () => {
    const dir = await newDir();
    const child = spawn(process.execPath, [fileURLToPath(new URL("./doomed.ts", import.meta.url)), dir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data"); // broken and drained
    child.kill("SIGKILL");
    await once(child, "exit");
    const after = await aWorld({ dir });
    expect(after.playground.faults()).toMatchObject([{ fault: "dns-nodata", region: away, service: "s3" }]);
    expect(await leads(after)).toBe(away);
  });

  test("a start that fails leaves no trace", async () => {
    const dir = await newDir();
    const port = portOf(await aWorld());
    await expect(aWorld({ dir, appPort: port })).rejects.toThrow(BadInput);
    expect(await readdir(dir)).toEqual([]);
  });

  test.each([
    ["half a file", '{"version":1,"fau'],
    ["another version", '{"version":2,"faults":[],"tasks":{},"route53":{"opinions":{},"lastKnown":{}}}'],
    [
      "a key nobody knows",
      '{"version":1,"faults":[],"tasks":{},"route53":{"opinions":{},"lastKnown":{}},"x":1}',
    ],
    [
      "a fault nobody knows",
      '{"version":1,"faults":[{"fault":"rain","region":"us-east-1","since":1}],"tasks":{},"route53":{"opinions":{},"lastKnown":{}}}',
    ],
    ["nothing", ""],
  ])("%s in world.json: refused with what to do, and left as it is", async (_, text) => {
    const dir = await newDir();
    const file = join(dir, "world.json");
    await writeFile(file, text);
    await expect(aWorld({ dir })).rejects.toThrow(BadInput);
    await expect(aWorld({ dir })).rejects.toThrow(/world\.json.*move it away/s);
    expect(await readFile(file, "utf8")).toBe(text);
  });

  test("any damaged world.json is refused or read, never a crash", async () => {
    const dir = await newDir();
    const first = await aWorld({ dir });
    await first.playground.break({ fault: "grey", region: home });
    await first.stop();
    const good = await readFile(join(dir, "world.json"), "utf8");
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length), fc.string({ maxLength: 3 }), async (at, put) => {
        const text = good.slice(0, at) + put + good.slice(at + put.length);
        await writeFile(join(dir, "world.json"), text);
        const error = await recall(dir).then(
          () => null,
          (e: unknown) => e,
        );
        if (error !== null) expect(error).toBeInstanceOf(BadInput);
        expect(await readFile(join(dir, "world.json"), "utf8")).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  test("a place that can't be written to is said, with the flag that chooses another", async () => {
    const dir = await newDir();
    await writeFile(join(dir, "file"), "");
    await expect(aWorld({ dir: join(dir, "file") })).rejects.toThrow(/Choose another with --data/);
  });
});

describe("ports and addresses", () => {
  test("a taken app port is said with its flag, and everything taken by then is let go", async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.3.2", done));
    const { port } = other.address() as { port: number };
    await expect(aWorld({ appPort: port })).rejects.toThrow(
      new RegExp(`127\\.0\\.3\\.2:${port}: the port is taken.*--app-port`),
    );
    await new Promise((done) => other.close(done));
    const world = await aWorld({ appPort: port });
    expect(portOf(world)).toBe(port);
  });

  test("a taken DNS port is said with its flag, and the regions are let go", async () => {
    const one = await aWorld();
    const dnsPort = Number(one.playground.nameServer.split(":")[1]);
    const free = createServer();
    await new Promise<void>((done) => free.listen(0, "127.0.1.1", done));
    const { port: appPort } = free.address() as { port: number };
    await new Promise((done) => free.close(done));
    await expect(aWorld({ dnsPort, appPort })).rejects.toThrow(/--dns-port/);
    expect(portOf(await aWorld({ appPort }))).toBe(appPort);
  });

  test("with 127.0.0.1 alone, roads lead to every region and everything works the same", async () => {
    const world = await aWorld({ single: true });
    const edge = world.edge(witness);
    const ask = async (region: string, host: string, path: string) => {
      const [address = ""] = (await dig(world, host)).addresses;
      const url = new URL(`http://${host}:${portOf(world)}${path}`);
      const to = { host: address, port: portOf(world) };
      await edge.connect(to, soon());
      const answer = await edge.http({ url, address: to }, soon());
      expect(answer.headers.get("x-served-by")).toBe(region);
      return answer.status;
    };
    expect(await ask(home, "app.holdfast.test", "/")).toBe(200);
    expect(await ask(away, serviceName("s3", away), "/ping")).toBe(200);
    expect(await ask(witness, serviceName("sts", witness), "/ping")).toBe(200);
    await world.playground.break({ fault: "region-down", region: home });
    await untilLeads(world, away);
    await until(
      "users in the standby",
      () => world.voices(),
      (v) => v.length > 0 && v.every((x) => x.region === away && x.failed === 0),
    );
    await untilDone(world, drain(true));
    await world.playground.mend();
    expect(await ask(away, "app.holdfast.test", "/checkout")).toBe(200);
  });

  test("after stop nothing listens and nothing runs", async () => {
    const world = await aWorld();
    await world.playground.break({ fault: "region-slow", region: away });
    await world.playground.break({ fault: "flap", region: home });
    await world.stop();
    for (const region of [home, away, witness])
      expect(await get(world, region, "app.holdfast.test", "/")).toBeNull();
    const dnsPort = Number(world.playground.nameServer.split(":")[1]);
    await expect(world.edge(witness).connect({ host: "127.0.0.1", port: dnsPort }, soon())).rejects.toThrow();
    world.voices();
    expect(world.voices()).toEqual([]); // nobody came after the last of them had left
  });
});

test("the same seed draws the same numbers, another seed or stream others", async () => {
  const { chance } = await import("../../../infra/local/chance.ts");
  const five = (seed: number, stream: string) => {
    const draw = chance(seed, stream);
    return Array.from({ length: 5 }, draw);
  };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.string(), (seed, stream) => {
      expect(five(seed, stream)).toEqual(five(seed, stream));
      expect(five(seed, stream)).not.toEqual(five(seed + 1, stream));
      expect(five(seed, stream)).not.toEqual(five(seed, `${stream}x`));
      expect(five(seed, stream).every((n) => n >= 0 && n < 1)).toBe(true);
    }),
  );
});
