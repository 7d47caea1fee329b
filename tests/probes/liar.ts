/** tests · a name server that breaks the rules, which an honest one cannot be made to do. It answers each datagram and
 *  each TCP message with whatever the test says. */
import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import * as packet from "dns-packet";
import { freePort } from "./nameserver.ts";

export type Asked = { query: packet.DecodedPacket; bytes: Buffer };
/** What to send back, in order; nothing when empty. */
type Answers = (asked: Asked) => Uint8Array[];

export type Liar = {
  resolver: string;
  /** What was asked so far, by transport. */
  heard: { transport: "udp" | "tcp"; query: packet.DecodedPacket }[];
  /** UDP ports that questions came from. */
  ports: Set<number>;
  udp: Answers;
  /** Null: nobody listens on TCP's port any more; a function on the socket otherwise. */
  tcp: (asked: Asked, socket: Socket) => void;
  /** Sends one datagram to whoever asked last, from another port. */
  fromElsewhere(bytes: Uint8Array): Promise<void>;
  stop(): Promise<void>;
};

export async function liar({ listenTcp = true } = {}): Promise<Liar> {
  const port = await freePort();
  let last: RemoteInfo | undefined;
  const udp = createSocket("udp4");
  const tcp = createServer();
  const open = new Set<Socket>();
  const self: Liar = {
    resolver: `127.0.0.1:${port}`,
    heard: [],
    ports: new Set(),
    udp: () => [],
    tcp: (_, socket) => socket.destroy(),
    async fromElsewhere(bytes) {
      const other = createSocket("udp4");
      await new Promise<void>((resolve, reject) => {
        other.send(bytes, last?.port ?? 0, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
      });
      other.close();
    },
    async stop() {
      udp.close();
      for (const socket of open) socket.destroy();
      if (listenTcp) {
        tcp.close();
        await once(tcp, "close");
      }
    },
  };
  udp.on("message", (bytes, from) => {
    last = from;
    self.ports.add(from.port);
    const query = packet.decode(bytes);
    self.heard.push({ transport: "udp", query });
    for (const answer of self.udp({ query, bytes })) udp.send(answer, from.port, from.address);
  });
  tcp.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    let heard = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length < 2 || heard.length < 2 + heard.readUInt16BE(0)) return;
      const bytes = heard.subarray(2);
      const query = packet.decode(bytes);
      self.heard.push({ transport: "tcp", query });
      self.tcp({ query, bytes }, socket);
    });
  });
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  if (listenTcp) {
    tcp.listen(port, "127.0.0.1");
    await once(tcp, "listening");
  }
  return self;
}

type Says = Partial<packet.Packet> & { rcode?: number; aa?: boolean; ra?: boolean; tc?: boolean };

/** A well-formed reply to what was asked, changed as the test wants it. */
export function reply({ query }: Asked, says: Says = {}): Buffer {
  const { rcode = 0, aa = false, ra = true, tc = false, ...rest } = says;
  return packet.encode({
    type: "response",
    id: query.id ?? 0,
    flags:
      packet.RECURSION_DESIRED |
      (aa ? packet.AUTHORITATIVE_ANSWER : 0) |
      (ra ? packet.RECURSION_AVAILABLE : 0) |
      (tc ? packet.TRUNCATED_RESPONSE : 0) |
      rcode,
    questions: query.questions ?? [],
    ...rest,
  });
}

/** An address record for what was asked. */
export const address = ({ query }: Asked, data = "192.0.2.1", ttl = 60): packet.Answer => ({
  type: "A",
  name: query.questions?.[0]?.name ?? "",
  ttl,
  data,
});

/** A message with its length before it, as TCP carries it. */
export function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
