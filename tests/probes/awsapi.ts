/** tests · AWS's API on the loopback: moto, with a proxy before it that throttles, denies, delays or rewrites what a test
 *  wants. It holds its resources for each region apart, as AWS does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import { createInterface } from "node:readline";
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

export async function awsApi(): Promise<AwsApi> {
  const port = await freePort();
  const moto = spawn(component("moto_server") ?? "moto_server", ["-H", "127.0.0.1", "-p", String(port)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = once(moto, "exit");
  gone.catch(() => undefined); // a failed start is told below
  await new Promise<void>((resolve, reject) => {
    moto.on("error", (error) =>
      reject(new Error("Cannot start moto_server: node tests/machine.ts", { cause: error })),
    );
    moto.on("exit", () => reject(new Error("moto_server ended at its start")));
    for (const stream of [moto.stdout, moto.stderr]) {
      createInterface({ input: stream }).on("line", (line) => line.includes("Running on") && resolve());
    }
  });
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
      moto.kill();
      await gone;
    },
  };
  let inFlight = 0;
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
