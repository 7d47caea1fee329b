/** infra/account · border. The variables of an environment: how each is read and written, what stands for it when it is left
 *  out, and which entry reads which. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseRules, type Rules } from "../../analyzer/rules.ts";
import { BadInput, parse, Region, Topology } from "../../store/records.ts";
import { Wanted } from "../audit/wanted.ts";
import { parseNotify } from "../notify/settings.ts";
import { ActionSettings } from "./actions/settings.ts";
import { LeverSettings } from "./lever/settings.ts";

/** One variable: how its text becomes a value, how a value becomes text, and what it is for. */
type Variable<T> = { doc: string; example: string; read: (text: string) => T; write: (value: T) => string };

const plain = (value: string) => value;
const word = (doc: string, example: string, pattern: RegExp, expected: string): Variable<string> => ({
  doc,
  example,
  read: (text) => z.string().regex(pattern, expected).parse(text),
  write: plain,
});
const json = <T>(doc: string, example: string, parsed: (value: unknown) => T): Variable<T> => ({
  doc,
  example,
  read: (text) => parsed(jsonOf(text)),
  write: (value) => JSON.stringify(value),
});
const several = (doc: string, example: string): Variable<string[]> => ({
  doc,
  example,
  read: (text) => text.split(",").filter(Boolean),
  write: (value) => value.join(","),
});
const table = (doc: string) =>
  word(
    doc,
    "holdfast-shop",
    /^[\w.-]{3,255}$/,
    "expected a table's name: 3 to 255 letters, digits, dots, dashes or underscores",
  );

const ofRegions = <T extends z.ZodType>(value: T) => z.record(Region, value);

export const variables = {
  HOLDFAST_WORKLOAD: word(
    "a name for the workload, its own among others of the account",
    "shop",
    /^[a-z][a-z0-9-]{0,30}$/,
    "expected small letters, digits and dashes, at most 31",
  ),
  HOLDFAST_REGION: {
    doc: "the region this entry stands in",
    example: "us-west-2",
    read: (text) => parse("a region", Region, text),
    write: plain,
  } satisfies Variable<string>,
  HOLDFAST_TOPOLOGY: {
    doc: "the topology, as JSON or as the name of a JSON file beside the code (an environment holds 4 KB)",
    example: "topology.json",
    read: (text) => parse("the topology", Topology, jsonOf(contentsOf(text))),
    write: (value) => JSON.stringify(value),
  } satisfies Variable<Topology>,
  HOLDFAST_RULES: json<Rules>(
    'rules that differ from their defaults, as JSON; "{}" for none',
    '{"mode":"approve"}',
    (value) => parseRules(value),
  ),
  HOLDFAST_PARTS: {
    doc: "the workload's own parts and what they need, as JSON or as the name of a YAML or JSON file beside the code; none when empty",
    example: "parts.yaml",
    read: (text) => (text === "" ? "" : contentsOf(text)),
    write: plain,
  } satisfies Variable<string>,
  HOLDFAST_ROUNDS_TABLE: table("the table of rounds; it has the same name in every vantage point's region"),
  HOLDFAST_STATE_TABLE: table("the table of standing, orders, decisions and requests, in the standby region"),
  HOLDFAST_VANTAGE: word(
    "the vantage point that this prober is, by its id in the topology",
    "us-west-2",
    /./,
    "expected a vantage point's id",
  ),
  HOLDFAST_RESOLVER: word(
    'the name server to ask, as host:port; the system\'s own when "system"',
    "system",
    /./,
    "expected host:port or system",
  ),
  HOLDFAST_ALLOW: several(
    "private prefixes that probes may go to, separated by commas; none when empty",
    "10.0.0.0/16",
  ),
  HOLDFAST_TIMEOUT_MS: {
    doc: "what each question may take, in ms",
    example: "5000",
    read: (text) => z.coerce.number("expected 1 to 60000").int().min(1).max(60_000).parse(text),
    write: String,
  } satisfies Variable<number>,
  HOLDFAST_LEVER: json(
    "the lever's kind, and where it stands",
    '{"kind":"metric","alarm":"holdfast-shop-drain"}',
    (value) => parse("the lever", LeverSettings, value),
  ),
  HOLDFAST_ACTIONS: json(
    "what a move brings along: the tasks or instances that are scaled in each region, and the database",
    '{"capacity":{"us-west-2":{"cluster":"shop","service":"web"}}}',
    (value) => parse("actions", ActionSettings, value),
  ),
  HOLDFAST_NOTIFY: json(
    "who is told of incidents; a secret as env:NAME, the variable that holds it",
    '[{"kind":"sns","topic":"arn:aws:sns:us-west-2:123456789012:alerts"}]',
    (value) => parseNotify("channels", value),
  ),
  HOLDFAST_LISTEN: {
    doc: "the table in the standby region by which its analyzer is listened for; nobody listens when empty",
    example: "holdfast-shop-state",
    read: plain,
    write: plain,
  } satisfies Variable<string>,
  HOLDFAST_CANARIES: json(
    "canaries whose results are read, by the region they run in: canary name to the id of the target it asks about",
    '{"eu-west-1":{"shop-walk":"app@us-east-1"}}',
    (value) => parse("canaries", ofRegions(z.record(z.string().min(1), z.string().min(1))), value),
  ),
  HOLDFAST_BALANCERS: json(
    "load balancers whose counts are the users' voice, by region: the end of their ARN",
    '{"us-east-1":"app/shop/50dc6c495c0c9188"}',
    (value) =>
      parse(
        "load balancers",
        ofRegions(z.string().regex(/^app\/[^/]+\/[0-9a-f]+$/, "expected app/NAME/ID, the end of its ARN")),
        value,
      ),
  ),
  HOLDFAST_AUDIT: json(
    "what the program made: the name's records, the lever, the canaries",
    '{"workload":"shop","primary":"us-east-1","standby":"us-west-2","domain":null,"lever":"metric","alarm":"holdfast-shop-drain","canaries":{}}',
    (value) => parse("what to audit", Wanted, value),
  ),
  HOLDFAST_HOSTS: several(
    "host names that the dashboard answers to, separated by commas; the function URL's own when empty",
    "status.example.com",
  ),
  HOLDFAST_STATUS: word(
    "the title of the page for anybody, which is all that they learn of where it stands",
    "Shop",
    /^[^\p{Cc}]{1,80}$/u,
    "expected 1 to 80 characters",
  ),
};
export type VariableName = keyof typeof variables;
export type Value<N extends VariableName> = ReturnType<(typeof variables)[N]["read"]>;

/** Variables that may be left out, and the text that stands for them then. */
export const defaults = {
  HOLDFAST_RULES: "{}",
  HOLDFAST_PARTS: "",
  HOLDFAST_RESOLVER: "system",
  HOLDFAST_ALLOW: "",
  HOLDFAST_TIMEOUT_MS: "5000",
  HOLDFAST_ACTIONS: "{}",
  HOLDFAST_NOTIFY: "[]",
  HOLDFAST_LISTEN: "",
  HOLDFAST_CANARIES: "{}",
  HOLDFAST_BALANCERS: "{}",
  HOLDFAST_HOSTS: "",
} as const satisfies Partial<Record<VariableName, string>>;
export type Optional = keyof typeof defaults;

const everywhere = [
  "HOLDFAST_WORKLOAD",
  "HOLDFAST_REGION",
  "HOLDFAST_TOPOLOGY",
  "HOLDFAST_RULES",
  "HOLDFAST_ROUNDS_TABLE",
] as const;

/** What each entry reads. */
export const reads = {
  prober: [
    ...everywhere,
    "HOLDFAST_VANTAGE",
    "HOLDFAST_RESOLVER",
    "HOLDFAST_ALLOW",
    "HOLDFAST_TIMEOUT_MS",
    "HOLDFAST_NOTIFY",
    "HOLDFAST_LISTEN",
  ],
  analyzer: [
    ...everywhere,
    "HOLDFAST_PARTS",
    "HOLDFAST_STATE_TABLE",
    "HOLDFAST_LEVER",
    "HOLDFAST_ACTIONS",
    "HOLDFAST_NOTIFY",
    "HOLDFAST_CANARIES",
    "HOLDFAST_BALANCERS",
  ],
  dashboard: [...everywhere, "HOLDFAST_STATE_TABLE", "HOLDFAST_HOSTS"],
  status: [...everywhere, "HOLDFAST_STATE_TABLE", "HOLDFAST_STATUS"],
  auditor: ["HOLDFAST_WORKLOAD", "HOLDFAST_STATE_TABLE", "HOLDFAST_AUDIT"],
  drain: ["HOLDFAST_WORKLOAD", "HOLDFAST_REGION", "HOLDFAST_STATE_TABLE"],
} as const satisfies Record<string, readonly VariableName[]>;
export type EntryName = keyof typeof reads;

function contentsOf(text: string): string {
  if (/^\s*[{[]/.test(text)) return text;
  const directory = process.env.LAMBDA_TASK_ROOT ?? process.cwd();
  try {
    return readFileSync(join(directory, text), "utf8");
  } catch (error) {
    throw new BadInput(`expected JSON, or a file in ${directory}; ${(error as Error).message}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`expected JSON; ${(error as Error).message}`);
  }
}
