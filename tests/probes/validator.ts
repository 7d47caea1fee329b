/** tests · a real validating resolver. Unbound on a free port of the loopback, which asks our name server for its zones
 *  and holds to a key for `example.test` that the zone, unsigned, can never show: all of it is bogus to Unbound. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { component } from "../machine.ts";
import { freePort, type NameServer } from "./nameserver.ts";

export type Validator = { resolver: string; stop(): Promise<void> };

/** Starts Unbound and waits until it answers. `validates`: whether it holds to that key. */
export async function validator(of: NameServer, { validates }: { validates: boolean }): Promise<Validator> {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-unbound-"));
  const port = await freePort();
  const digest = "49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC0000"; // of no key at all
  writeFileSync(
    join(dir, "unbound.conf"),
    `
server:
  directory: "${dir}"
  chroot: ""
  username: ""
  pidfile: "${dir}/pid"
  logfile: ""
  use-syslog: no
  verbosity: 1
  num-threads: 1
  interface: 127.0.0.1
  port: ${port}
  do-ip6: no
  do-not-query-localhost: no
  root-hints: ""
  module-config: "validator iterator"
  local-zone: "test." nodefault
  domain-insecure: "elsewhere.test"
  ${validates ? `trust-anchor: "example.test. DS 12345 8 2 ${digest}"` : 'domain-insecure: "test"'}
  ede: yes
remote-control:
  control-enable: no
stub-zone:
  name: "example.test"
  stub-addr: 127.0.0.1@${of.port}
stub-zone:
  name: "broken.test"
  stub-addr: 127.0.0.1@${of.port}
`,
  );
  const command = component("unbound") ?? "unbound";
  const unbound = spawn(command, ["-d", "-p", "-c", join(dir, "unbound.conf")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = once(unbound, "exit");
  gone.catch(() => undefined); // a failed start is told below
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    unbound.on("error", (error) =>
      reject(new Error("Cannot start unbound: install Debian's package unbound", { cause: error })),
    );
    unbound.on("exit", () => reject(new Error(`unbound ended at its start: ${said.join("\n")}`)));
    for (const stream of [unbound.stdout, unbound.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line.includes("start of service")) resolve();
      });
    }
  });
  return {
    resolver: `127.0.0.1:${port}`,
    async stop() {
      unbound.kill();
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
