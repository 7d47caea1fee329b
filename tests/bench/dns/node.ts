/** tests · bench. Node's own resolver, alone in its process: an address or an error, and nothing else. */
import { promises } from "node:dns";
import { abreast, namesOf, timed } from "./load.ts";

const [server = "", count = "", rounds = ""] = process.argv.slice(2);
const resolver = new promises.Resolver();
resolver.setServers([server]);
const names = namesOf(Number(count));
await timed(names.length, Number(rounds), () => abreast(names, (name) => resolver.resolve4(name)));
