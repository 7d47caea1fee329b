/** infra/notify · command line. `holdfast notify`: which channels the settings name, and whether each takes a message. */
import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command } from "commander";
import { BadInput, type Incident } from "../../store/records.ts";
import type { Channel } from "./channel.ts";
import { channelsFrom } from "./from-settings.ts";
import { parseNotify } from "./settings.ts";

const patienceMs = 10_000;

type Flags = { config: string; test?: boolean; json?: boolean };

export function notifyCommand(): Command {
  return new Command("notify")
    .description("show who is told of incidents, and send each of them a test message")
    .requiredOption(
      "--config <file>",
      'settings as JSON: { "notify": [{ "kind": "slack", "url": "env:SLACK_URL" }] }',
    )
    .option("--test", "send one test message over each channel, and close it again")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nKinds: sns, slack (and what takes its messages), pagerduty, webhook. docs/notifications.md shows each.\nExit codes: 0 all took it, 1 one or more did not, 2 wrong use.",
    )
    .action(run);
}

async function run({ config, test, json }: Flags): Promise<void> {
  const settings = parseNotify(`notify in ${config}`, notifyIn(config));
  const channels = channelsFrom(settings, { environment: process.env, now: Date.now });
  const lines = await Promise.all(
    channels.map(async (channel, i) => ({
      channel: channel.name,
      kind: settings[i]?.kind ?? "?",
      ...(test ? await tried(channel) : {}),
    })),
  );
  const failed = lines.filter((line) => "took" in line && !line.took);
  if (json) process.stdout.write(`${JSON.stringify({ channels: lines }, null, 2)}\n`);
  else
    process.stdout.write(
      `${lines.length === 0 ? `Nobody is told: ${config} names no channel` : lines.map(plain).join("\n")}\n`,
    );
  if (failed.length > 0) process.exitCode = 1;
}

type Tried = { took: boolean; why: string | null };

async function tried(channel: Channel): Promise<Tried> {
  const signal = AbortSignal.timeout(patienceMs);
  const incident = testIncident(Date.now());
  try {
    await channel.send({ workload: "holdfast", event: "opened", incident }, signal);
    const over = { ...incident, edition: 2, resolvedAt: incident.openedAt };
    await channel.send({ workload: "holdfast", event: "resolved", incident: over }, signal);
    return { took: true, why: null };
  } catch (error) {
    return { took: false, why: (error as Error).message };
  }
}

const testIncident = (now: number): Incident => ({
  id: `test/${new Date(now).toISOString()}`,
  kind: "channel",
  about: "test",
  region: null,
  severity: "info",
  title: "This is a test; nothing is wrong",
  lines: ["Sent by holdfast notify --test"],
  nodes: [],
  edition: 1,
  openedAt: now,
  changedAt: now,
  wellSince: null,
  resolvedAt: null,
});

function plain(line: { channel: string; kind: string } & Partial<Tried>): string {
  const mark = (format: "green" | "red", text: string) => styleText(format, text, { stream: process.stdout });
  const said =
    line.took === undefined
      ? ""
      : line.took
        ? mark("green", "took it")
        : `${mark("red", "failed")}  ${line.why}`;
  return `${line.channel.padEnd(20)} ${line.kind.padEnd(10)} ${said}`.trimEnd();
}

/** The `notify` of a settings file; the same file may hold rules too. Throws `BadInput`. */
function notifyIn(file: string): unknown {
  try {
    const read: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof read === "object" && read !== null && "notify" in read ? read.notify : [];
  } catch (error) {
    throw new BadInput(`Cannot read ${file}: expected a JSON file; ${(error as Error).message}`);
  }
}
