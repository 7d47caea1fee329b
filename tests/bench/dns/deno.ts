/** tests · bench. Deno's own resolver, alone in its process: addresses or an error, and nothing else. */
import process from "node:process";
import { abreast, namesOf, timed } from "./load.ts";

declare const Deno: {
  resolveDns(
    name: string,
    type: "A",
    options: { nameServer: { ipAddr: string; port: number } },
  ): Promise<string[]>;
};

const [server = "", count = "", rounds = ""] = process.argv.slice(2);
const [ipAddr = "", port = ""] = server.split(":");
const nameServer = { ipAddr, port: Number(port) };
const names = namesOf(Number(count));
await timed(names.length, Number(rounds), () =>
  abreast(names, (name) => Deno.resolveDns(name, "A", { nameServer })),
);
