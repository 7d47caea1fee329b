/** A second name server of others' making, NSD, with the same zone as Knot: no reason may hang on one server's habits. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { dns } from "../../probes/dns.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import { component, missing } from "../machine.ts";
import { freePort, type NameServer, nameServer, zone } from "./nameserver.ts";

const ask = (name: string, type: "A" | "AAAA", resolver: string) => {
  const about = { id: "t", service: "app", region: "us-east-1", purpose: "service" } as const;
  const target = { ...about, kind: "dns", name, type, resolver } as const;
  return dns(target, nodeEdge({ resolver }), AbortSignal.timeout(10_000));
};

/** Starts NSD and waits until it answers. */
async function nsd(): Promise<NameServer> {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-nsd-"));
  const port = await freePort();
  writeFileSync(join(dir, "example.test.zone"), zone);
  writeFileSync(
    join(dir, "nsd.conf"),
    `
server:
  ip-address: 127.0.0.1@${port}
  zonesdir: "${dir}"
  pidfile: "${dir}/pid"
  zonelistfile: "${dir}/zone.list"
  xfrdfile: "${dir}/xfrd.state"
  xfrdir: "${dir}"
  database: ""
  username: ""
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "example.test"
  zonefile: "example.test.zone"
zone:
  name: "broken.test"
  zonefile: "there-is-no-such-file"
`,
  );
  const server = spawn(component("nsd") ?? "nsd", ["-d", "-c", join(dir, "nsd.conf")], { stdio: "ignore" });
  const gone = once(server, "exit");
  gone.catch(() => undefined); // a failed start is told below
  const resolver = `127.0.0.1:${port}`;
  await vi.waitFor(
    async () => expect((await ask("web.example.test", "A", resolver)).verdict).toBe("up"),
    10_000,
  );
  return {
    resolver,
    port,
    pid: server.pid ?? 0,
    async stop() {
      server.kill();
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describe.skipIf(missing("nsd"))("Knot and NSD, side by side", () => {
  let servers: NameServer[];
  beforeAll(async () => {
    servers = await Promise.all([nameServer(), nsd()]);
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  test.for([
    ["web.example.test", "A", "up", null],
    ["six.example.test", "AAAA", "up", null],
    ["big.example.test", "A", "up", null],
    ["alias-of-alias.example.test", "A", "up", null],
    ["any.wild.example.test", "A", "up", null],
    ["web.example.test", "AAAA", "down", "nodata"],
    ["alias-to-text.example.test", "A", "down", "nodata"],
    ["missing.example.test", "A", "down", "nxdomain"],
    ["www.child.example.test", "A", "down", "lame"],
    ["www.broken.test", "A", "down", "servfail"],
    ["www.not-served-here.test", "A", "down", "refused"],
  ] as const)("%s %s is %s %s to both", async ([name, type, verdict, reason]) => {
    const found = await Promise.all(servers.map(({ resolver }) => ask(name, type, resolver)));
    for (const one of found) expect(one).toMatchObject({ verdict, reason });
    const addresses = found.map(({ facts }) => (facts.addresses as string[]).toSorted());
    expect(addresses[1]).toEqual(addresses[0]);
  });
});
