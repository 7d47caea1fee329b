/** tests · a real name server. Knot DNS on a free port of the loopback, with a zone for every failure that an honest
 *  server can have. A machine without it fails the tests that need it. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beside } from "../beside.ts";

export type NameServer = { resolver: string; port: number; pid: number; stop(): Promise<void> };

const many = Array.from({ length: 120 }, (_, i) => `big 60 A 192.0.2.${i + 1}`).join("\n");

export const zone = `
$ORIGIN example.test.
@ 3600 SOA ns.example.test. admin.example.test. 2026112201 7200 900 1209600 30
@ 3600 NS ns.example.test.
ns 3600 A 127.0.0.1
web 300 A 192.0.2.1
web 300 A 192.0.2.2
six 60 AAAA 2001:db8::6
here 5 A 127.0.0.1
alias 20 CNAME web
alias-of-alias 600 CNAME alias
dangling 60 CNAME missing
loop 60 CNAME loop-back
loop-back 60 CNAME loop
text 60 TXT "no address at all"
alias-to-text 60 CNAME text
outward 60 CNAME www.elsewhere.test.
child 60 NS ns.child
ns.child 60 A 127.0.0.1
*.wild 60 A 192.0.2.77
${many}
`;

/** Starts Knot and waits until it answers. `example.test` is served; `broken.test` has no zone file: SERVFAIL;
 *  anything else is refused. */
export async function nameServer(): Promise<NameServer> {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-knot-"));
  const port = await freePort();
  writeFileSync(join(dir, "example.test.zone"), zone);
  writeFileSync(
    join(dir, "knot.conf"),
    `
server:
  rundir: "${dir}"
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "${dir}"
log:
  - target: stdout
    any: info
template:
  - id: default
    storage: "${dir}"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: example.test
    file: example.test.zone
  - domain: broken.test
    file: there-is-no-such-file
`,
  );
  const knot = await beside("knotd", ["-c", join(dir, "knot.conf")], /server started/);
  return {
    resolver: `127.0.0.1:${port}`,
    port,
    pid: knot.pid,
    async stop() {
      await knot.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What Knot's own client makes of the same question. */
export async function kdig(
  server: NameServer,
  name: string,
  type: string,
): Promise<{ rcode: string; addresses: string[] }> {
  const at = ["@127.0.0.1", "-p", String(server.port), name, type, "+noidn"];
  const { stdout } = await promisify(execFile)("kdig", at);
  const records = stdout
    .split("\n")
    .filter((line) => /^[^;\s]/.test(line))
    .map((line) => line.split(/\s+/));
  const addresses = records
    .filter((words) => words[3] === type && words[0] !== "ns.child.example.test.")
    .map((words) => words[4] ?? "");
  return { rcode: /status: (\w+)/.exec(stdout)?.[1] ?? "none", addresses };
}

/** A port that is free for both UDP and TCP on the loopback. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const tcp = createServer().listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const address = tcp.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const udp = createSocket("udp4");
    const free = await new Promise<boolean>((resolve) => {
      udp.once("error", () => resolve(false));
      udp.bind(port, "127.0.0.1", () => resolve(true));
    });
    udp.close();
    tcp.close();
    await once(tcp, "close");
    if (free) return port;
  }
  throw new Error("Cannot find a port that is free for UDP and TCP");
}
