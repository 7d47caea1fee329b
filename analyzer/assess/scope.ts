/** analyzer · pure. How far the trouble reaches: a zone, a region, or a control plane that all regions share. It is named
 *  before anything moves, as it decides whether moving helps at all: a zone is left by shifting zones, a control plane
 *  breaks tools everywhere and users nowhere. What users are seen to get outweighs what any service says of itself. */
import { type Cascade, type Health, nodeOf, type Scope, type ServiceHealth } from "../../store/records.ts";
import { quorum } from "../argue.ts";
import { blast } from "../cascade/blast.ts";
import { split } from "../cascade/graph.ts";
import { dependencies, nowhere, oneZone } from "../dependencies.ts";
import type { Sight } from "./zones.ts";

/** Services that one zone can hurt: what stands in it, and the region-wide API that has to move it. */
const ofZones = new Set(
  blast(`${oneZone}@any`, 0, dependencies)
    .filter((r) => r.because === `${oneZone}@any`)
    .map((r) => split(r.node)[0]),
);
/** So many others failing with them are no zone's doing. */
const regionalServicesMin = 3;
/** One zone of two or three takes half of the users with it at most; more is not one zone. */
const zoneShareMost = 0.5;

export function scopeOf(
  regions: readonly Health[],
  services: readonly ServiceHealth[],
  fall: Cascade,
  sightOf: (region: string) => Sight,
): Scope {
  const hurt = regions.filter((r) => r.role !== "witness" && quorum(r).hurt);
  const failing = services.filter((s) => s.verdict === "down");
  if (hurt.length === 0 && failing.length === 0) return { kind: "none", region: null, evidence: [] };
  const shared = failing.filter((s) => s.region === nowhere);
  const regional = failing.filter((s) => s.region !== nowhere && s.service !== "app");
  const note =
    shared.length > 0 ? [`${named(shared)} ${fails(shared)} everywhere: make and change nothing`] : [];
  if (hurt.length === 1 && hurt[0]) return within(hurt[0].region, hurt, regional, note, sightOf);
  if (hurt.length > 1) {
    const evidence = [
      ...hurt.map(usersSay),
      "no region is seen to serve its users, so it is not one region's",
    ];
    return { kind: "unknown", region: null, evidence: [...evidence, ...note] };
  }
  const own = regional.filter((s) => !followsFrom(shared, s, fall));
  const where = [...new Set(own.map((s) => s.region))];
  if (where.length === 0 && shared.length > 0) return global(shared, services);
  if (where.length === 1 && where[0]) return within(where[0], [], regional, note, sightOf, fall.root);
  const evidence = where.map((region) => `${named(own.filter((s) => s.region === region))} in ${region}`);
  if (evidence.length === 0) return { kind: "none", region: null, evidence: [] };
  return {
    kind: "unknown",
    region: null,
    evidence: [`several regions at once: ${evidence.join("; ")}`, ...note],
  };
}

/** One region's trouble: one zone's, or more. */
function within(
  region: string,
  hurt: readonly Health[],
  failing: readonly ServiceHealth[],
  note: readonly string[],
  sightOf: (region: string) => Sight,
  root: string | null = null,
): Scope {
  const { addresses, zones, failedShare } = sightOf(region);
  const here = failing.filter((s) => s.region === region);
  const wide = here.filter((s) => !ofZones.has(s.service));
  const partOfAddresses =
    addresses && addresses.failing.length > 0 ? addresses.failing.length / addresses.of : null;
  const says = [
    ...hurt.map(usersSay),
    ...(addresses && partOfAddresses !== null
      ? [
          `${addresses.failing.length} of ${addresses.of} addresses fail, the same for ${addresses.agree} vantage points`,
        ]
      : []),
    ...(zones && zones.ill.length > 0
      ? [`machines are ill in ${zones.ill.length} of ${zones.of} zones: ${zones.ill.join(", ")}`]
      : []),
    ...(here.length > 0 ? [`${named(here)} ${fails(here)}`] : []),
    ...note,
  ];
  const isOneZone = zones !== null && zones.ill.length === 1;
  const isFewAddresses = partOfAddresses !== null && partOfAddresses <= zoneShareMost;
  const moreZones = zones !== null && zones.ill.length > 1;
  const usersSayMore = hurt.length > 0 && (partOfAddresses ?? failedShare) > zoneShareMost;
  // The zone's machines may be well, or users led around it, before all that stood in it is.
  const isZonesDoing = root === nodeOf(oneZone, region);
  const zonal =
    (isOneZone || isFewAddresses || isZonesDoing) &&
    !moreZones &&
    !usersSayMore &&
    wide.length < regionalServicesMin;
  if (zonal) {
    const only = isZonesDoing && !isOneZone && !isFewAddresses ? ["one zone explains what fails"] : [];
    return { kind: "zonal", region, evidence: [...says, ...only] };
  }
  const because = usersSayMore
    ? ["more of the users fail than one zone serves"]
    : wide.length >= regionalServicesMin
      ? [`${wide.length} services that no single zone takes down`]
      : [];
  return { kind: "regional", region, evidence: [...says, ...because] };
}

function global(shared: readonly ServiceHealth[], services: readonly ServiceHealth[]): Scope {
  const answering = services.filter((s) => s.region !== nowhere && s.verdict === "up").length;
  return {
    kind: "global-control-plane",
    region: null,
    evidence: [
      `${named(shared)} ${fails(shared)}, which no region has of its own`,
      `${answering} regional services answer, and users are not hurt`,
    ],
  };
}

/** A service that can only not be made or changed because a shared control plane is gone is no trouble of its region. */
function followsFrom(shared: readonly ServiceHealth[], s: ServiceHealth, fall: Cascade): boolean {
  const cause = fall.fallen.find((f) => f.node === nodeOf(s.service, s.region))?.because;
  return shared.some((g) => nodeOf(g.service, g.region) === cause);
}

const usersSay = (r: Health) => {
  const { hurtCount, of } = quorum(r);
  return `users in ${r.region} are hurt, by ${hurtCount} of ${of} vantage points outside it`;
};
const named = (services: readonly ServiceHealth[]) => {
  const names = [...new Set(services.map((s) => s.service))];
  return names.length > 4 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", ");
};
const fails = (services: readonly ServiceHealth[]) => (services.length === 1 ? "fails" : "fail");
