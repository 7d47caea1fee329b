/** tests · a real validating resolver. Unbound on a free port of the loopback, which asks our name server for its zones
 *  and holds to a key for `example.test` that the zone, unsigned, can never show: all of it is bogus to Unbound. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beside } from "../beside.ts";
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
  const unbound = await beside(command, ["-d", "-p", "-c", join(dir, "unbound.conf")], /start of service/);
  return {
    resolver: `127.0.0.1:${port}`,
    async stop() {
      await unbound.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
