/** tests · a telephone exchange between Holdfast and AWS. An `agent` leads every connection here, whatever host it was
 *  meant for, so the hosts are those that the SDK itself works out. Each call is written down and put through: to a
 *  stand-in that takes it, or to the local AWS API. */
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { Agent } from "node:https";
import { connect, type Socket } from "node:net";

/** One call: the host it was meant for, the region it was signed for ("-" when not signed), and what it asks: an API's
 *  action, or method and path. */
export type Heard = { host: string; region: string; action: string; body: string };
export type Said = { status: number; headers?: Record<string, string>; body: string };
/** Answers a call, or leaves it to the others with null. `hang`: never answers. `reset`: breaks the connection.
 *  `lose`: puts it through, and breaks the connection when the answer comes. */
export type StandIn = (call: Heard, headers: IncomingHttpHeaders) => Answer | Promise<Answer>;
export type Answer = Said | "hang" | "reset" | "lose" | null;

export type Recorder = {
  agent: Agent;
  calls: Heard[];
  /** Asked in this order, before the local AWS API. */
  standIns: StandIn[];
  stop(): Promise<void>;
};

/** `upstream`: the local AWS API, such as `http://127.0.0.1:5000`. */
export async function recorder(upstream: string): Promise<Recorder> {
  const server = createServer();
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = () => connect({ port, host: "127.0.0.1" }); // plain inside: nothing leaves this machine
  const self: Recorder = {
    agent,
    calls: [],
    standIns: [],
    async stop() {
      agent.destroy();
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
  server.on("request", async (asked: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = heard(asked, body.toString());
    self.calls.push(call);
    let lost = false;
    for (const standIn of self.standIns) {
      const said = await standIn(call, asked.headers);
      if (said === "lose") lost = true;
      if (said === null || said === "lose") continue;
      if (said === "hang") return;
      if (said === "reset") return void response.destroy();
      response.writeHead(said.status, said.headers ?? {});
      return void response.end(said.body);
    }
    const { hostname, port: to } = new URL(upstream);
    const through = {
      host: hostname,
      port: to,
      method: asked.method,
      path: asked.url,
      headers: asked.headers,
    };
    request(through, async (answer) => {
      if (lost) return void response.destroy();
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    })
      .on("error", () => response.destroy())
      .end(body);
  });
  return self;
}

function heard({ headers, method, url }: IncomingMessage, body: string): Heard {
  const action =
    headers["x-amz-target"]?.toString().split(".").at(-1) ??
    (headers["content-type"]?.includes("form") ? new URLSearchParams(body).get("Action") : null) ??
    `${method} ${url}`;
  return {
    host: headers.host ?? "?",
    region: headers.authorization?.match(/Credential=[^/]+\/\d+\/([^/]+)\//)?.[1] ?? "-",
    action,
    body,
  };
}
