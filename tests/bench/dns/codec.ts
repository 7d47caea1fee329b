/** tests · bench. The least that can be done in JavaScript, alone in its process: one socket, `dns-packet` writes each
 *  question and reads each reply, and nobody asks what it says, or how long it took. Questions leave once a turn of the
 *  loop, as ours do. What `bare` leaves out is what the codec costs; what it keeps nobody on Node's sockets can beat. */
import { createSocket } from "node:dgram";
import * as packet from "dns-packet";
import { atOnce, namesOf, timed } from "./load.ts";

const [server = "", count = "", rounds = "", bare] = process.argv.slice(2);
const [host = "", port = ""] = server.split(":");
const names = namesOf(Number(count));
const write = (name: string, id: number) => {
  const opt = { type: "OPT", name: ".", udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0 } as const;
  return packet.encode({
    type: "query",
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: "A", name }],
    additionals: [{ ...opt, flags: 0, flag_do: false, options: [] }],
  });
};
const written = bare ? names.map(write) : [];

const socket = createSocket("udp4");
await new Promise<void>((resolve) => socket.connect(Number(port), host, resolve));
await timed(names.length, Number(rounds), async () => {
  let asked = 0;
  let answered = 0;
  const ask = (questions: number) => {
    for (const name of names.slice(asked, asked + questions)) {
      socket.send(written[asked] ?? write(name, asked & 0xffff));
      asked++;
    }
  };
  await new Promise<void>((resolve) => {
    let due = 0;
    const askDue = () => {
      ask(due);
      due = 0;
    };
    socket.removeAllListeners("message").on("message", (reply) => {
      if (bare || packet.decode(reply).answers?.length) answered++;
      if (answered === names.length) resolve();
      if (due++ === 0) setImmediate(askDue);
    });
    ask(atOnce);
  });
  return answered;
});
socket.close();
