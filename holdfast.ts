#!/usr/bin/env node
/** The front door. One command; each subcommand lives in the room it belongs to.
 *  Exit codes: 0 well, 1 trouble found, 2 wrong use. */
import { Command, CommanderError } from "commander";
import { whatIfCommand } from "./analyzer/mod.ts";
import {
  approveCommand,
  breakCommand,
  failbackCommand,
  failoverCommand,
  holdCommand,
  mendCommand,
  releaseCommand,
  statusCommand,
} from "./dashboard/mod.ts";
import { localCommand } from "./infra/mod.ts";
import { monitorCommand } from "./probes/mod.ts";
import { BadInput } from "./store/mod.ts";

const program = new Command("holdfast")
  .description("Sees trouble on AWS before users do, and moves them to a healthy region.")
  .showHelpAfterError("(--help lists what there is)")
  .addHelpText("after", "\nExit codes: 0 well, 1 trouble found, 2 wrong use.");

for (const command of [
  localCommand(),
  monitorCommand(),
  statusCommand(),
  failoverCommand(),
  failbackCommand(),
  holdCommand(),
  releaseCommand(),
  approveCommand(),
  breakCommand(),
  mendCommand(),
  whatIfCommand(),
]) {
  program.addCommand(command);
}
for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // its own words are printed already
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  return error instanceof BadInput ? 2 : 1;
}
