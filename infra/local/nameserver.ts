/** infra/local · effects. A real authoritative name server on one port, UDP and TCP (RFC 7766), for the zones it is
 *  given. What a question means is said in zone.ts; here are only sockets. */
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { listenTcp, taken } from "./listening.ts";
import { reply } from "./message.ts";
import type { Zone } from "./zone.ts";

const host = "127.0.0.1";
const idleMs = 10_000; // a TCP client that says nothing for this long is let go
const triesMax = 20; // free ports tried until one is free for both protocols

export type NameServer = { host: string; port: number; stop(): Promise<void> };

/** Serves until stopped. `port` 0 takes a free one; a taken port throws `BadInput` naming `flag`. */
export async function startNameServer(options: {
  port: number;
  flag: string;
  zones: readonly Zone[];
}): Promise<NameServer> {
  const { zones, flag } = options;
  const open = new Set<Socket>();
  for (let tries = 1; ; tries++) {
    const tcp = createServer((socket) => converse(socket, zones, open));
    const port = await listenTcp(tcp, host, options.port, flag);
    const udp = createSocket("udp4");
    const bound = await bind(udp, port);
    if (!bound) {
      udp.on("message", (query, from) => {
        const answer = reply(query, zones, "udp");
        if (answer) udp.send(answer, from.port, from.address);
      });
      udp.on("error", () => undefined); // a client gone before its answer (ICMP) is no trouble of ours
      return { host, port, stop: () => stop(tcp, udp, open) };
    }
    await new Promise((done) => tcp.close(done));
    if (options.port !== 0 || bound.code !== "EADDRINUSE" || tries === triesMax)
      throw taken(bound, host, port, flag);
  }
}

function bind(udp: Datagrams, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((done) => {
    udp.once("error", (error) => {
      udp.close();
      done(error);
    });
    udp.bind(port, host, () => {
      udp.removeAllListeners("error");
      done(null);
    });
  });
}

/** Messages with a two-byte length before each, as many as the client sends. */
function converse(socket: Socket, zones: readonly Zone[], open: Set<Socket>): void {
  open.add(socket);
  let heard = Buffer.alloc(0);
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on("close", () => open.delete(socket));
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    heard = Buffer.concat([heard, bytes]);
    while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
      const length = heard.readUInt16BE(0);
      const answer = reply(heard.subarray(2, 2 + length), zones, "tcp");
      heard = heard.subarray(2 + length);
      if (!answer) {
        socket.destroy(); // what follows cannot be trusted to be a message
        return;
      }
      const head = Buffer.alloc(2);
      head.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([head, answer]));
    }
  });
}

async function stop(tcp: Server, udp: Datagrams, open: Set<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  await Promise.all([
    new Promise<void>((done) => udp.close(() => done())),
    new Promise<void>((done) => tcp.close(() => done())),
  ]);
}
