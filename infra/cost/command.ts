/** infra/cost · command line. `holdfast cost`: what a configuration costs a month, by region and line by line. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { Command } from "commander";
import { parse as parseYaml } from "yaml";
import * as z from "zod";
import { parseRules } from "../../analyzer/rules.ts";
import { BadInput, parse } from "../../store/records.ts";
import { readSettings, type Settings } from "../settings.ts";
import { bill, dearest, notCounted, promisedUsd, type RegionBill } from "./bill.ts";
import { placedBy } from "./placed.ts";
import { asOf, prices } from "./prices.ts";

type Flags = {
  dir: string;
  canaryMinutes?: number;
  lever?: "metric" | "endpoint" | "arc";
  prices?: boolean;
  json?: boolean;
};

export function costCommand(): Command {
  return new Command("cost")
    .description("say what a configuration costs a month, by region and line by line")
    .option("--dir <dir>", "where the stacks' files are, Pulumi.*.yaml", ".")
    .option("--canary-minutes <n>", "as if canaries walked every so many minutes", minutes)
    .option("--lever <kind>", "as if the lever were metric, endpoint or arc", kind)
    .option("--prices", "show the unit prices too, and how well each is known")
    .option("--json", 'one JSON object: { "regions": [{ "region", "usdPerMonth", "items" }] }')
    .addHelpText("after", "\nExit codes: 0 counted, 2 wrong use, such as a stack's file that cannot be read.")
    .action(run);
}

function run(flags: Flags): void {
  const regions = stacksIn(flags.dir).map((settings) => bill(placedBy(settings, asideOf(settings, flags))));
  const total = Math.round(regions.reduce((sum, r) => sum + r.usdPerMonth, 0) * 100) / 100;
  const out = (text: string) => process.stdout.write(`${text}\n`);
  if (flags.json) {
    const unit = flags.prices ? { prices } : {};
    out(JSON.stringify({ asOf, usdPerMonth: total, regions, notCounted, ...unit }, null, 2));
    return;
  }
  out(`${regions.map(table).join("\n\n")}\n`);
  out(row(`All ${regions.length} regions, a month of thirty days`, total, bold));
  out(`\nNot counted: ${notCounted.join("; ")}.`);
  out(`Unit prices of ${asOf}, us-east-1's for every region: infra/cost/prices.ts, or --prices.`);
  if (flags.prices) out(`\n${priceList()}`);
}

const asideOf = ({ rules, lever, canaryMinutes }: Settings, flags: Flags) => ({
  cadenceSeconds: parseRules(JSON.parse(rules)).cadenceMs / 1000,
  canaryMinutes: flags.canaryMinutes ?? canaryMinutes,
  lever: flags.lever ?? lever,
});

const width = 72;
const bold = (text: string) => styleText("bold", text, { stream: process.stdout });
const row = (text: string, usd: number, style = (plain: string) => plain) =>
  `${style(text)}${" ".repeat(Math.max(1, width - text.length))}${usd.toFixed(2).padStart(9)} $`;

function table(one: RegionBill): string {
  const why = dearest(one);
  const walks = why.some(({ item }) => item.startsWith("canaries"));
  const remedy = walks ? " Canaries that walk every five minutes cost a fifth: holdfast:canaryMinutes." : "";
  const above = `  Above ${promisedUsd} $ because of: ${why.map(({ item }) => item).join("; ")}.${remedy}`;
  return [
    row(one.region, one.usdPerMonth, bold),
    ...one.items.map(({ item, usdPerMonth }) => row(`  ${item}`, usdPerMonth)),
    ...(why.length === 0 ? [] : [above]),
  ].join("\n");
}

const priceList = () =>
  Object.entries(prices)
    .map(
      ([name, { usd, per, sure, source }]) =>
        `${name.padEnd(20)} ${String(Number(usd.toPrecision(6))).padStart(14)} $ per ${per} (${sure}: ${source})`,
    )
    .join("\n");

/** Every stack's settings, the primary's first. Throws `BadInput` where there is none, or one that cannot be read. */
function stacksIn(dir: string): Settings[] {
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => /^Pulumi\..+\.ya?ml$/.test(name)) : [];
  if (files.length === 0)
    throw new BadInput(`Cannot find a stack in ${dir}: expected files such as Pulumi.us-east-1.yaml`);
  const order = ["primary", "standby", "witness"];
  return files
    .flatMap((name) => settingsOf(dir, name))
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.region.localeCompare(b.region));
}

/** As Pulumi reads it: values are text, secrets and objects are not ours. */
const StackFile = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/** None of a stack whose AWS is elsewhere, as on this machine: it costs nothing. */
function settingsOf(dir: string, name: string): Settings[] {
  const path = join(dir, name);
  let read: unknown;
  try {
    read = parseYaml(readFileSync(path, "utf8"));
  } catch (error) {
    throw new BadInput(`Cannot read ${path}: expected YAML; ${(error as Error).message}`);
  }
  const { config } = parse(path, StackFile, read ?? {});
  if ("aws:endpoints" in config) return [];
  const texts = Object.entries(config).flatMap(([key, value]): [string, string][] =>
    ["string", "number", "boolean"].includes(typeof value) ? [[key, String(value)]] : [],
  );
  return [readSettings(Object.fromEntries(texts), name.replace(/^Pulumi\.(.+)\.ya?ml$/, "$1"))];
}

function minutes(text: string): number {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < 1 || n > 60)
    throw new BadInput(`Cannot use --canary-minutes: expected 1 to 60; got ${text}`);
  return n;
}

function kind(text: string): "metric" | "endpoint" | "arc" {
  if (text === "metric" || text === "endpoint" || text === "arc") return text;
  throw new BadInput(`Cannot use --lever: expected metric, endpoint or arc; got ${text}`);
}
