/** tests · a real HTTP server in a hook's place: writes down what it is told, and answers as the test wants. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

export type Told = { path: string; headers: IncomingHttpHeaders; body: string };

export type Hook = {
  url: string;
  told: Told[];
  /** A status, or what to do instead. */
  answer: number | "hang" | "reset" | "half" | { redirect: string };
  stop(): Promise<void>;
};

export async function hook(): Promise<Hook> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const self: Hook = {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    told: [],
    answer: 200,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  server.on("request", async (asked, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk);
    self.told.push({ path: asked.url ?? "", headers: asked.headers, body: Buffer.concat(chunks).toString() });
    if (self.answer === "hang") return;
    if (self.answer === "reset") return void response.destroy();
    if (self.answer === "half") return void response.write("it be"); // and no more of it
    if (typeof self.answer === "object")
      return void response.writeHead(302, { location: self.answer.redirect }).end();
    response.writeHead(self.answer).end("ok");
  });
  return self;
}
