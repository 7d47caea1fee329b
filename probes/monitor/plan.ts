/** probes · monitor. What the flags mean, checked before anything is asked. */
import { isIP } from "node:net";
import { BadInput, Region, type Target } from "../../store/records.ts";
import { authorities, delegationFault } from "../authorities.ts";
import type { Remark } from "../baseline.ts";
import { catalogue, usualRegions, type Variant, variants } from "../catalogue.ts";
import { type AwsService, awsServices, type Edge } from "../edge.ts";
import { type Expected, readPrefixes } from "../prefixes.ts";
import { parseResolver, writeResolver } from "../resolver.ts";
import { readTargets } from "../targets.ts";

/** The flags as commander hands them over. */
export type Flags = {
  simple?: boolean;
  watch?: boolean;
  once?: boolean;
  json?: boolean;
  resolver?: string[];
  targets?: string;
  prefixes?: string;
  regions?: string[];
  services?: string[];
  variants?: string[];
  account?: string;
  ipv6?: boolean;
  interval: string;
  timeout: string;
  tcp?: boolean;
  authorities?: boolean;
  connect?: boolean;
  health?: boolean;
  publish?: boolean;
};

export type Plan = {
  targets: Target[];
  everyMs: number;
  timeoutMs: number;
  expected: Expected | null;
  /** What was remarkable before the first round. */
  noticed: Remark[];
};

/** What to ask and how often. Throws `BadInput`. */
export function planOf(flags: Flags, systemResolver: string): Plan {
  if (flags.watch && flags.once) throw new BadInput("expected --watch or --once, got both");
  if (flags.json && flags.simple) throw new BadInput("expected --json or --simple, got both");
  if (
    flags.targets !== undefined &&
    (flags.regions ?? flags.services ?? flags.variants ?? flags.account ?? flags.ipv6 ?? flags.health)
  ) {
    throw new BadInput(
      "expected --targets, or --regions, --services, --variants, --account, --ipv6 and --health, got both: a file says its own",
    );
  }
  const named = (flags.resolver ?? ["system"]).map((text) => (text === "system" ? systemResolver : text));
  const resolvers = unique(named.map((text) => resolverOf(text, flags.tcp)));
  const asked = flags.targets === undefined ? usual(flags) : readTargets(flags.targets);
  return {
    targets: asked.flatMap((target) => sideBySide(target, resolvers)),
    everyMs: positive("--interval", flags.interval, "seconds") * 1_000,
    timeoutMs: positive("--timeout", flags.timeout, "ms"),
    expected: flags.prefixes === undefined ? null : readPrefixes(flags.prefixes),
    noticed: [],
  };
}

function resolverOf(text: string, tcp: boolean | undefined): string {
  const resolver = parseResolver(text);
  return writeResolver(
    tcp && resolver.transport === "udp" && !resolver.authority ? { ...resolver, transport: "tcp" } : resolver,
  );
}

const isVariant = (form: string): form is Variant => variants.some((known) => known === form);

function usual(flags: Flags): Target[] {
  const regions = unique(flags.regions ?? usualRegions);
  for (const region of regions) {
    if (!Region.safeParse(region).success) {
      throw new BadInput(`--regions: expected a region such as us-east-1, got ${JSON.stringify(region)}`);
    }
  }
  for (const form of flags.variants ?? []) {
    if (!isVariant(form)) {
      throw new BadInput(`--variants: expected one of ${variants.join(", ")}, got ${JSON.stringify(form)}`);
    }
  }
  if (flags.account !== undefined && !flags.variants?.includes("account")) {
    throw new BadInput(
      "--account: expected --variants account beside it, which asks for that account's own names",
    );
  }
  const names = catalogue({
    regions,
    services: flags.services && unique(flags.services),
    variants: flags.variants && unique(flags.variants).filter(isVariant),
    types: flags.ipv6 ? ["A", "AAAA"] : undefined,
    account: flags.account,
  });
  const counted = flags.health
    ? regions.flatMap((region) => awsServices.map((service) => resourcesOf(service, region)))
    : [];
  const asked = names.flatMap((target): Target[] => {
    if (!flags.connect) return [target];
    const { id: _id, kind: _kind, type, name, ...about } = target;
    if (type === "AAAA") return [target]; // one connection for each name
    const id = target.id.replace(/A$/, "443");
    return [target, { ...about, id, kind: "tcp", host: name, port: 443 }];
  });
  return [...asked, ...counted];
}

function resourcesOf(service: AwsService, region: string): Target {
  const url = `aws://${service}/${region}`;
  return { id: url, service, region, purpose: "service", kind: "aws", url };
}

/** Adds, for each DNS target, a question to each of its zone's own servers, and a remark where the zone and its parent do
 *  not name the same ones. */
export async function withAuthorities(plan: Plan, edge: Edge): Promise<Plan> {
  const dns = plan.targets.filter((target) => target.kind === "dns");
  const names = unique(dns.map((target) => target.name));
  const found = await Promise.all(
    names.map(
      async (name) => [name, await authorities(name, edge, AbortSignal.timeout(plan.timeoutMs))] as const,
    ),
  );
  const zones = new Map(found);
  const first = dns.filter(
    (one, i) => dns.findIndex(({ name, type }) => name === one.name && type === one.type) === i,
  );
  const more = first.flatMap((target) => {
    const servers = zones.get(target.name)?.servers ?? [];
    return servers.map(({ name, resolver }) => ({
      ...target,
      id: `${target.id} via ${name} ${resolver}`,
      resolver,
    }));
  });
  const noticed = await Promise.all(
    unique([...zones.values()].flatMap((found) => found?.zone ?? [])).map(async (zone): Promise<Remark[]> => {
      const says = await delegationFault(zone, edge, AbortSignal.timeout(plan.timeoutMs));
      const under = first.find(({ name }) => zones.get(name)?.zone === zone);
      return says && under ? [{ kind: "delegation-differs", target: under.id, says }] : [];
    }),
  );
  return { ...plan, targets: [...plan.targets, ...more], noticed: noticed.flat() };
}

/** Whether it takes AWS's SDK to ask. */
export const asksAws = (target: Target): boolean => target.kind === "aws" && target.url.startsWith("aws:");

/** One target for each name server; one that names its own keeps it, and an IP address needs none. */
function sideBySide(target: Target, resolvers: string[]): Target[] {
  if (target.resolver !== undefined || asksAws(target) || isIP(hostOf(target))) return [target];
  return resolvers.map((resolver) => ({
    ...target,
    id: resolvers.length === 1 ? target.id : `${target.id} via ${resolver}`,
    resolver,
  }));
}

function hostOf(target: Target): string {
  if (target.kind === "dns") return target.name;
  return "host" in target ? target.host : new URL(target.url).hostname.replace(/^\[|\]$/g, "");
}

const unique = (texts: readonly string[]) => [...new Set(texts)];

function positive(flag: string, text: string, unit: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number > 0 && number <= 86_400_000) return number;
  throw new BadInput(`${flag}: expected a number of ${unit} above 0, got ${JSON.stringify(text)}`);
}
