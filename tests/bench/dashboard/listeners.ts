/** tests · bench. Many who listen, in one process: each on a socket of its own, told apart by nothing but what they hear.
 *  Says how many are connected, and at the end how late each update was and how many were missed. */
import { connect } from "node:net";

const [port = "0", path = "/live", count = "1"] = process.argv.slice(2);
const mark = Buffer.from("update ");
const lateMs: number[] = [];
const updates: number[] = Array.from({ length: Number(count) }, () => 0);
let [connected, missed, bytes, lost] = [0, 0, 0, 0];

function listen(i: number): void {
  const socket = connect(Number(port), "127.0.0.1");
  let opened = false;
  let rest: Buffer | null = null;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n`);
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    if (!opened) {
      opened = true;
      connected += 1;
    }
    const heard: Buffer = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = null;
    for (let at = heard.indexOf(mark); at !== -1; at = heard.indexOf(mark, at + 1)) {
      const end = heard.indexOf(" ", at + mark.length + 10);
      const said = /^update (\d+) at (\d{13}) /.exec(heard.toString("latin1", at, at + 40));
      if (!said) {
        if (end === -1 || at + 40 > heard.length) rest = heard.subarray(at); // cut in the middle
        continue;
      }
      const number = Number(said[1]);
      const known = updates[i] ?? 0;
      if (number <= known) continue; // the same update, in another section
      if (known > 0) missed += number - known - 1;
      updates[i] = number;
      lateMs.push(Date.now() - Number(said[2]));
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    lost += 1;
  });
}

for (let i = 0; i < Number(count); i++) {
  listen(i);
  if (i % 100 === 99) await new Promise((done) => setTimeout(done, 20)); // no faster than a backlog takes them
}
process.on("message", (asked) => {
  if (asked === "connected") process.send?.({ connected });
  if (asked === "heard")
    process.send?.({
      lateMs,
      missed,
      lost,
      bytes,
      newest: Math.min(...updates),
      cpuMs: process.cpuUsage().user / 1000,
    });
});
process.send?.({ ready: true });
