/** probes · borders. A file of targets: one name a line, or a list in YAML or JSON. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import * as z from "zod";
import { itemsOf } from "../store/list.ts";
import { BadInput, parse, Region, Target } from "../store/records.ts";
import { catalogue, endpointOf, variants } from "./catalogue.ts";
import { parseResolver } from "./resolver.ts";
import { isName, plain } from "./wire.ts";

/** Reads and checks a file of targets. Throws `BadInput` that names the file and the line. */
export function readTargets(file: string): Target[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BadInput(`Cannot read targets: ${error instanceof Error ? error.message : error}`);
  }
  return parseTargets(text, file);
}

/** Targets from a text; `file` is how messages call it. As text: `NAME [A|AAAA]`, `http(s)://…`, `tcp://HOST:PORT`,
 *  `tls://HOST:PORT` or `aws://SERVICE/REGION`, one a line, `#` begins a comment. As YAML or JSON: a list of targets, where `id`,
 *  `service`, `region` and `purpose` may be left out; an item `catalogue: { services, regions, variants }` stands for
 *  the names that it selects. */
export function parseTargets(text: string, file: string): Target[] {
  const targets = isList(text, file) ? fromList(text, file) : fromLines(text, file);
  if (targets.length === 0) throw new BadInput(`${file}: expected at least one target, got an empty file`);
  const ids = new Set<string>();
  for (const { id } of targets) {
    if (ids.has(id)) throw new BadInput(`${file}: expected each target once; got "${id}" twice`);
    ids.add(id);
  }
  return targets;
}

/** No name begins with a bracket or a dash. */
const isList = (text: string, file: string) =>
  /\.(ya?ml|json)$/i.test(file) || /^(\uFEFF?\s*(#.*)?\r?\n)*\uFEFF?\s*(\[|-\s|---)/.test(text);

function fromLines(text: string, file: string): Target[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const words = line.replace(/(^|\s)#.*$/, "").trim();
    return words === "" ? [] : [fromLine(words, `${file}:${i + 1}`)];
  });
}

function fromLine(words: string, where: string): Target {
  const [what = "", type = "A", ...more] = words.split(/\s+/);
  if (what.includes("://")) {
    if (words !== what)
      throw new BadInput(`${where}: expected nothing after the URL, got ${JSON.stringify(words)}`);
    return named(fromUrl(what, where), where);
  }
  if (!isName(what) || isIP(what))
    throw new BadInput(`${where}: expected a DNS name, got ${JSON.stringify(what)}`);
  const asked = type.toUpperCase();
  if ((asked !== "A" && asked !== "AAAA") || more.length > 0) {
    throw new BadInput(
      `${where}: expected A or AAAA after the name, got ${JSON.stringify([type, ...more].join(" "))}`,
    );
  }
  return named({ kind: "dns", name: plain(what), type: asked }, where);
}

function fromUrl(text: string, where: string): Asked {
  const fault = () =>
    new BadInput(
      `${where}: expected http://…, https://…, tcp://HOST:PORT or tls://HOST:PORT, got ${JSON.stringify(text)}`,
    );
  if (!URL.canParse(text)) throw fault();
  const url = new URL(text);
  const kind = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (kind === "aws") return { kind: "aws", url: text };
  if (!isName(host) && !isIP(host)) throw fault();
  if (kind === "http" || kind === "https") return { kind: "http", url: text };
  if ((kind !== "tcp" && kind !== "tls") || url.port === "" || url.pathname.length > 1) throw fault();
  return { kind, host, port: Number(url.port) };
}

type Asked =
  | { kind: "dns"; name: string; type: "A" | "AAAA" }
  | { kind: "http" | "aws"; url: string }
  | { kind: "tcp" | "tls"; host: string; port: number };

/** Fills in who is asked about, from the name where it is one of AWS's. */
function named(asked: Asked, where: string): Target {
  return parse(where, Target, { ...guess(asked), ...asked });
}

function guess(asked: Asked) {
  const [, service, region] = ("url" in asked && /^aws:\/\/([^/]+)\/([^/]+)$/.exec(asked.url)) || [];
  if ("url" in asked && service && region) return { id: asked.url, purpose: "service", service, region };
  const host = asked.kind === "dns" ? asked.name : "url" in asked ? new URL(asked.url).hostname : asked.host;
  const id =
    asked.kind === "dns"
      ? `${asked.name}/${asked.type}`
      : "url" in asked
        ? asked.url
        : `${asked.kind}://${isIP(host) === 6 ? `[${host}]` : host}:${asked.port}`;
  return { id, purpose: "service", ...(endpointOf(plain(host)) ?? { service: host, region: "global" }) };
}

function fromList(text: string, file: string): Target[] {
  return itemsOf(text, file).flatMap(({ value, where, lineOf }): Target[] => {
    if ("catalogue" in value) return selected(value, where);
    const whole = "kind" in value ? { ...guessed(value), ...value } : value;
    const checked = Target.safeParse(whole);
    const at = checked.success
      ? where
      : lineOf(...(checked.error.issues[0] ? placeOf(checked.error.issues[0]) : []));
    const target = parse(at, Target, whole);
    if (target.kind === "dns" && !isName(target.name)) {
      throw new BadInput(
        `Cannot read ${lineOf("name")}: name: expected a DNS name; got ${JSON.stringify(target.name)}`,
      );
    }
    if (target.resolver !== undefined)
      located(lineOf("resolver"), () => parseResolver(target.resolver ?? ""));
    return [target];
  });
}

const placeOf = (issue: z.core.$ZodIssue) => [
  ...issue.path,
  ...(issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : []),
];

/** A selection of AWS's own names, as an item of the list. */
const Selected = z.strictObject({
  catalogue: z.strictObject({
    services: z.array(z.string()).optional(),
    regions: z.array(Region).optional(),
    variants: z.array(z.enum(variants)).optional(),
    types: z.array(z.enum(["A", "AAAA"])).optional(),
    account: z.string().optional(),
  }),
});

function selected(value: Record<string, unknown>, where: string): Target[] {
  const selection = parse(where, Selected, value).catalogue;
  return located(where, () => catalogue(selection));
}

/** Says where, when something that knows nothing of files is not content. */
function located<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadInput) throw new BadInput(`${where}: ${error.message}`);
    throw error;
  }
}

/** What can be guessed for an object that may still be wrong; the check that follows says how. */
function guessed(item: Record<string, unknown>) {
  const text = (key: string) => (typeof item[key] === "string" ? item[key] : "");
  const type = item.type === "AAAA" ? "AAAA" : "A";
  switch (item.kind) {
    case "dns":
      return guess({ kind: "dns", name: text("name"), type });
    case "http":
    case "aws":
      return URL.canParse(text("url")) ? guess({ kind: item.kind, url: text("url") }) : {};
    case "tcp":
    case "tls":
      return guess({ kind: item.kind, host: text("host"), port: Number(item.port) });
    default:
      return {};
  }
}
