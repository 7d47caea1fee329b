/** dashboard · command line. Breaks and mends the local world. */
import type { Command } from "commander";
import * as z from "zod";
import { parse } from "../../store/records.ts";
import type { FaultsAnswer } from "../answers.ts";
import { call, SaysNo, type Where } from "./call.ts";
import { clientCommand, columns, type Options, plain, print, run } from "./command.ts";
import { reads } from "./reads.ts";

const Broken = reads<typeof FaultsAnswer>()(
  z.looseObject({
    menu: z.array(z.object({ name: z.string(), says: z.string(), takesService: z.boolean() })),
    faults: z.array(z.object({ fault: z.string(), region: z.string(), service: z.string().optional() })),
  }),
);

export function breakCommand(): Command {
  return clientCommand("break", "break something in the local world; without a name, list what can be broken")
    .argument("[name]", "what to break, such as region-down")
    .argument("[region]", "where, such as us-east-1")
    .option("--service <service>", "which service, for faults of a name")
    .action((name: string | undefined, region: string | undefined, options: Options & { service?: string }) =>
      run(options, async (where) => {
        const answer = name
          ? await faults(where, "POST", { fault: name, region, service: options.service })
          : await faults(where, "GET");
        if (options.json) print(JSON.stringify(answer));
        else for (const line of name ? brokenLines(answer) : menuLines(answer)) print(line);
        return true;
      }),
    );
}

export function mendCommand(): Command {
  return clientCommand("mend", "mend everything that was broken").action((options: Options) =>
    run(options, async (where) => {
      const answer = await faults(where, "DELETE");
      print(options.json ? JSON.stringify(answer) : "Everything is mended.");
      return true;
    }),
  );
}

async function faults(where: Where, method: "GET" | "POST" | "DELETE", body?: unknown) {
  try {
    return parse("answer", Broken, await call(where, method, "/api/faults", body));
  } catch (error) {
    if (!(error instanceof SaysNo) || !error.message.startsWith("Cannot find")) throw error;
    throw new SaysNo(`The Holdfast at ${where.url} has nothing to break: only the local world has`);
  }
}

const menuLines = ({ menu }: z.infer<typeof Broken>) => columns(menu.map((f) => [f.name, plain(f.says)]));

const brokenLines = ({ faults }: z.infer<typeof Broken>) =>
  faults.map((f) => `Broken: ${f.fault}${f.service ? ` of ${f.service}` : ""} in ${f.region}`);
