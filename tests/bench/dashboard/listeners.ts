/** tests · bench. Many who listen, in one process: each on a socket of its own, told apart by nothing but what they hear.
 *  Says how many are connected, and at the end how late each update was and how many were missed. */
import { connect } from "node:net";
import { constants, inflateRawSync } from "node:zlib";

const [port = "0", path = "/live", count = "1", accepts = ""] = process.argv.slice(2);
const abreast = 100;
const lateMs: number[] = [];
const updates: number[] = Array.from({ length: Number(count) }, () => 0);
let [connected, missed, bytes, lost] = [0, 0, 0, 0];

let last: { piece: Buffer; text: string } | null = null;
const why = new Map<string, number>();
const lose = (reason: string) => why.set(reason, (why.get(reason) ?? 0) + 1);

/** An event, whole: a live stream is sent as one chunk of HTTP for each. */
function hear(i: number, piece: Buffer): void {
  const text = accepts === "gzip" ? inflated(piece) : piece.toString("latin1");
  const said = /update (\d+) at (\d{13}) /.exec(text);
  if (!said) return;
  const number = Number(said[1]);
  const known = updates[i] ?? 0;
  if (number <= known) return;
  if (known > 0) missed += number - known - 1;
  updates[i] = number;
  lateMs.push(Date.now() - Number(said[2]));
}

/** Opened once for all who hear the same bytes: what the listeners cost is not what is measured. */
function inflated(piece: Buffer): string {
  if (piece[0] === 0x1f) return "";
  if (last?.piece.equals(piece)) return last.text;
  const text = inflateRawSync(piece, { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1");
  last = { piece: Buffer.from(piece), text };
  return text;
}

function listen(i: number): void {
  const socket = connect(Number(port), "127.0.0.1");
  const encoding = accepts ? `accept-encoding: ${accepts}\r\n` : "";
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n${encoding}\r\n`);
  let opened = false;
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    if (!opened) {
      const end = rest.indexOf("\r\n\r\n");
      if (end === -1) return;
      opened = true;
      connected += 1;
      rest = rest.subarray(end + 4);
    }
    for (;;) {
      const line = rest.indexOf("\r\n");
      if (line === -1) return;
      const length = Number.parseInt(rest.toString("latin1", 0, line), 16);
      if (rest.length < line + 2 + length + 2) return;
      hear(i, rest.subarray(line + 2, line + 2 + length));
      rest = rest.subarray(line + 2 + length + 2);
    }
  });
  socket.on("error", (error: NodeJS.ErrnoException) => lose(error.code ?? error.message));
  socket.on("close", () => {
    lost += 1;
    if (!opened) lose(`closed after ${JSON.stringify(rest.toString("latin1", 0, 40))}`);
  });
}

for (let i = 0; i < Number(count); i++) {
  listen(i);
  // They come as fast as they are let in, and no faster: what is measured is listening.
  while (i + 1 - connected - lost >= abreast) await new Promise((done) => setTimeout(done, 5));
}
process.on("message", (asked) => {
  if (asked === "connected") process.send?.({ connected });
  if (asked === "heard")
    process.send?.({ lateMs, missed, lost, bytes, newest: Math.min(...updates), why: [...why] });
});
process.send?.({ ready: true });
