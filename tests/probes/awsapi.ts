/** tests · AWS's API on the loopback: moto, with a proxy before it that throttles, denies, delays or rewrites what a test
 *  wants, and keeps the order that moto does not. It holds its resources for each region apart, as AWS does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { component } from "../machine.ts";
import { freePort } from "./nameserver.ts";

/** One call as it came by: `action` such as DescribeTargetHealth. */
export type Call = { region: string; action: string; body: string };
/** What to do with a call instead of handing it on: answer it, or change what moto answers. */
export type Meddle = (
  call: Call,
) => { error: [status: number, name: string] } | { rewrite: (body: string) => string } | "hang" | null;

export type AwsApi = {
  endpoint: string;
  /** Of moto itself, behind the proxy. */
  motoPort: number;
  /** Calls since the test began listening, and the most that were in flight at once. */
  calls: Call[];
  inFlightMax: number;
  meddle: Meddle;
  stop(): Promise<void>;
};

/** What DynamoDB does one after the other, while moto's threads look at a condition and write by it with others between. */
const oneByOne = /^(TransactWrite|Put|Update|Delete)Items?$/;

/** Moto takes a second to start and as long to load each service of AWS, so one serves all test files of a process. */
let moto: Promise<number> | null = null;

/** Ends moto when we are gone, however we went: our end of its input closes then. */
const untilWeAreGone = '"$0" -H 127.0.0.1 -p "$1" & read -r _; kill $!';

async function startMoto(): Promise<number> {
  const port = await freePort();
  const command = component("moto_server") ?? "moto_server";
  const shell = spawn("sh", ["-c", untilWeAreGone, command, String(port)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  const end = Date.now() + 60_000;
  while (!(await isUp(port))) {
    if (Date.now() > end) throw new Error("Cannot start moto_server: node tests/machine.ts");
    await pause(20);
  }
  return port;
}

const isUp = (port: number) =>
  fetch(`http://127.0.0.1:${port}/moto-api/data.json`).then(
    (answer) => answer.ok,
    () => false, // not yet
  );

/** An account as it is on its first day, in which everybody may do everything. */
async function empty(port: number): Promise<void> {
  const headers = { "content-type": "text/plain" };
  for (const [what, body] of Object.entries({ reset: "", "reset-auth": "inf" })) {
    const answer = await fetch(`http://127.0.0.1:${port}/moto-api/${what}`, {
      method: "POST",
      body,
      headers,
    });
    if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${what}`);
  }
}

/** An empty account. One at a time: the next takes away what this one holds. */
export async function awsApi(): Promise<AwsApi> {
  moto ??= startMoto();
  const port = await moto;
  await empty(port);
  const proxy = createServer();
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  const self: AwsApi = {
    endpoint: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    motoPort: port,
    calls: [],
    inFlightMax: 0,
    meddle: () => null,
    async stop() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
  let inFlight = 0;
  let turn: Promise<void> = Promise.resolve();
  proxy.on("request", async (asked, response: ServerResponse) => {
    self.inFlightMax = Math.max(self.inFlightMax, ++inFlight);
    response.on("close", () => inFlight--);
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const { "content-encoding": coding, "content-length": _sent, ...told } = asked.headers;
    const body = coding === "gzip" ? gunzipSync(sent) : sent; // which moto does not know
    const target = asked.headers["x-amz-target"]?.toString().split(".").at(-1);
    const action = target ?? new URLSearchParams(body.toString()).get("Action") ?? "?";
    const region = asked.headers.authorization?.split("/")[2] ?? "?";
    const call = { region, action, body: body.toString() };
    self.calls.push(call);
    const doing = self.meddle(call);
    if (doing === "hang") return;
    if (doing && "error" in doing) return refuse(response, ...doing.error, target !== undefined);
    const { method, url: path } = asked;
    const headers = { ...told, "content-length": body.length };
    const handOn = () =>
      new Promise<void>((done) => {
        response.on("close", done);
        request({ port, host: "127.0.0.1", method, path, headers }, async (answer) => {
          const heard: Buffer[] = [];
          for await (const chunk of answer) heard.push(chunk);
          const whole = Buffer.concat(heard);
          const { "content-length": _length, "transfer-encoding": _coding, ...rest } = answer.headers;
          response.writeHead(answer.statusCode ?? 500, rest);
          response.end(doing ? doing.rewrite(whole.toString()) : whole);
        })
          .on("error", () => response.destroy())
          .end(body);
      });
    if (!oneByOne.test(action)) return void handOn();
    turn = turn.then(handOn);
  });
  return self;
}

/** An error as AWS writes it: JSON to those who speak that, XML to the others. */
function refuse(response: ServerResponse, status: number, name: string, json: boolean): void {
  response.writeHead(status, { "content-type": json ? "application/x-amz-json-1.1" : "text/xml" });
  response.end(
    json
      ? JSON.stringify({ __type: name, message: "as the test wants it" })
      : `<Response><Errors><Error><Code>${name}</Code><Message>as the test wants it</Message></Error></Errors><ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>as the test wants it</Message></Error></ErrorResponse></Response>`,
  );
}
