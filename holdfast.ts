#!/usr/bin/env node
/** The front door. One command; each subcommand lives in the room it belongs to, and only its corner of it is opened.
 *  Exit codes: 0 well, 1 trouble found, 2 wrong use. */
import { enableCompileCache } from "node:module";
import { Command, CommanderError } from "commander";

enableCompileCache(); // in the system's temporary folder; halves what a command takes to start

const dashboard = () => import("./dashboard/cli/mod.ts");

const rooms: Record<string, () => Promise<Command>> = {
  local: async () => (await import("./infra/local/command.ts")).localCommand(),
  monitor: async () => (await import("./probes/monitor.ts")).monitorCommand(),
  status: async () => (await dashboard()).statusCommand(),
  failover: async () => (await dashboard()).failoverCommand(),
  failback: async () => (await dashboard()).failbackCommand(),
  hold: async () => (await dashboard()).holdCommand(),
  release: async () => (await dashboard()).releaseCommand(),
  approve: async () => (await dashboard()).approveCommand(),
  maintain: async () => (await dashboard()).maintainCommand(),
  "end-maintenance": async () => (await dashboard()).endMaintenanceCommand(),
  readiness: async () => (await dashboard()).readinessCommand(),
  drill: async () => (await dashboard()).drillCommand(),
  decisions: async () => (await dashboard()).decisionsCommand(),
  break: async () => (await dashboard()).breakCommand(),
  mend: async () => (await dashboard()).mendCommand(),
  detect: async () => (await import("./analyzer/detect.ts")).detectCommand(),
  record: async () => (await import("./infra/replayed/record.ts")).recordCommand(),
  replay: async () => (await import("./infra/replayed/command.ts")).replayCommand(),
  preview: async () => (await import("./infra/deploy/command.ts")).previewCommand(),
  deploy: async () => (await import("./infra/deploy/command.ts")).deployCommand(),
  destroy: async () => (await import("./infra/deploy/command.ts")).destroyCommand(),
  simulate: async () => (await import("./infra/simulated/command.ts")).simulateCommand(),
  drift: async () => (await import("./infra/audit/mod.ts")).driftCommand(),
  cost: async () => (await import("./infra/cost/mod.ts")).costCommand(),
  notify: async () => (await import("./infra/notify/command.ts")).notifyCommand(),
  "what-if": async () => (await import("./analyzer/what-if.ts")).whatIfCommand(),
};

const program = new Command("holdfast")
  .description("Sees trouble on AWS before users do, and moves them to a healthy region.")
  .showHelpAfterError("(--help lists what there is)")
  .addHelpText("after", "\nExit codes: 0 well, 1 trouble found, 2 wrong use.")
  .exitOverride();

// Whoever read us has gone, as `head` does: nobody is left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  for (const command of await wanted(process.argv[2] ?? "help")) program.addCommand(command.exitOverride());
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** The command that was asked for; to one who asks for help all of them; to one who asks for what is not there, their
 *  names, to tell what may have been meant. */
function wanted(asked: string): Promise<Command[]> {
  const all = Object.entries(rooms);
  const here = ["help", "--help", "-h"].includes(asked) ? all : all.filter(([name]) => name === asked);
  if (here.length > 0) return Promise.all(here.map(([, open]) => open()));
  return Promise.resolve(all.map(([name]) => new Command(name)));
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // its own words are printed already
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${message}\n`);
  return name === "BadInput" ? 2 : 1;
}
