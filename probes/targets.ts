/** probes · borders. A file of targets: one name a line, or a JSON array. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";
import { BadInput, parse, Target } from "../store/records.ts";
import { endpointOf } from "./catalogue.ts";
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
 *  `tls://HOST:PORT` or `aws://SERVICE/REGION`, one a line, `#` begins a comment. As JSON: an array of targets, where `id`, `service`, `region`
 *  and `purpose` may be left out. */
export function parseTargets(text: string, file: string): Target[] {
  const targets = text.trimStart().startsWith("[") ? fromJson(text, file) : fromLines(text, file);
  if (targets.length === 0) throw new BadInput(`${file}: expected at least one target, got an empty file`);
  const ids = new Set<string>();
  for (const { id } of targets) {
    if (ids.has(id)) throw new BadInput(`${file}: expected each target once; got "${id}" twice`);
    ids.add(id);
  }
  return targets;
}

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

function fromJson(text: string, file: string): Target[] {
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${file}: expected JSON: ${error instanceof Error ? error.message : error}`);
  }
  return parse(file, z.array(z.looseObject({})), items).map((item, i) => {
    const where = `${file}, target ${i + 1}`;
    const whole = "kind" in item ? { ...guessed(item), ...item } : item;
    const target = parse(where, Target, whole);
    if (target.kind === "dns" && !isName(target.name)) {
      throw new BadInput(
        `Cannot read ${where}: name: expected a DNS name; got ${JSON.stringify(target.name)}`,
      );
    }
    if (target.resolver !== undefined) parseResolver(target.resolver);
    return target;
  });
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
