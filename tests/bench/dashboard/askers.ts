/** tests · bench. Some who ask, one request after the other on a line that stays open, as fast as they are answered. */
import { Agent, get } from "node:http";

const [port = "0", path = "/", abreast = "16", count = "1000"] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(abreast) });
const ms: number[] = [];
let left = Number(count);

const one = () =>
  new Promise<void>((done, failed) => {
    const began = performance.now();
    get({ port: Number(port), host: "127.0.0.1", path, agent, headers: { host: "localhost" } }, (answer) => {
      if (answer.statusCode !== 200) failed(new Error(`status ${answer.statusCode}`));
      answer.resume().on("end", () => {
        ms.push(performance.now() - began);
        done();
      });
    }).on("error", failed);
  });

async function ask(): Promise<void> {
  while (left-- > 0) await one();
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(abreast) }, ask));
process.send?.({ ms, tookMs: performance.now() - began });
agent.destroy();
process.disconnect?.();
