/** infra/local · effects. What a vantage point asks to tell a dead region from its own lost uplink: a name server and
 *  a web server that share nothing with the regions. */
import { createServer } from "node:http";
import { shut } from "./ground.ts";
import { listenTcp } from "./listening.ts";
import { startNameServer } from "./nameserver.ts";
import { controlName } from "./places.ts";
import type { Zone } from "./zone.ts";

export type Control = { resolver: string; url: string; stop(): Promise<void> };

export async function startControl(ttlS: number): Promise<Control> {
  const zone: Zone = {
    apex: "example.test",
    negativeTtlS: ttlS,
    entries: new Map([[controlName, () => ({ addresses: ["127.0.0.1"], ttlS })]]),
  };
  const nameServer = await startNameServer({ port: 0, flag: "port 0", zones: [zone] });
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
    response.end("well\n");
  });
  const port = await listenTcp(server, "127.0.0.1", 0, "port 0");
  return {
    resolver: `${nameServer.host}:${nameServer.port}`,
    url: `http://${controlName}:${port}/`,
    async stop() {
      await Promise.all([nameServer.stop(), shut({ server, at: { host: "127.0.0.1", port } })]);
    },
  };
}
