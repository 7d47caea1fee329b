/** tests · bench. What ours does to one question and its reply besides carrying them, each part alone, beside what the
 *  codec takes to write the question and to read the reply whole. */
import process from "node:process";
import * as packet from "dns-packet";
import { read } from "../../../probes/reply.ts";
import { ask, standing } from "../../../probes/wire.ts";

const times = 500_000;
const question = ask("n1.wild.example.test", "A", 4711);
const query = packet.decode(Buffer.from(question.bytes));
/** As real servers write it: the answer's name points to the question's. */
const empty = packet.encode({ ...query, type: "response", flags: packet.AUTHORITATIVE_ANSWER });
const opt = 11; // bytes, at the end
const reply = Buffer.concat([
  empty.subarray(0, -opt),
  Buffer.from("c00c000100010000003c0004c000024d", "hex"), // A, IN, 60 s, 192.0.2.77
  empty.subarray(-opt),
]);
reply.writeUInt16BE(1, 6);

const parts: Record<string, () => unknown> = {
  "write the question": () => ask("n1.wild.example.test", "A", 4711),
  "check that the reply is its": () => standing(reply, question),
  "read the reply": () => read(reply, question),
  "dns-packet writes it": () => packet.encode(query),
  "dns-packet reads it": () => packet.decode(reply),
};
const told: Record<string, number> = {};
for (const [name, part] of Object.entries(parts)) {
  for (let i = 0; i < times / 5; i++) part(); // warm
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) part();
  const spent = process.cpuUsage(before);
  told[name] = (spent.user + spent.system) / times;
}
console.log(JSON.stringify(told));
