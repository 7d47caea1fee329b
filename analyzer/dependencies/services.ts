/** analyzer · pure. What stands in the graph besides regional services: causes that no probe asks, and services that
 *  have no region, whose control plane lives in one all the same. */
import type { Region } from "../../store/records.ts";

/** The region's own network, under every service in it. */
export const ground = "network";
/** A zone's power or cooling; and a second zone's, which services that survive one do not survive. */
export const oneZone = "zone";
export const twoZones = "two-zones";

/** Where each global control plane lives. What it governs answers from everywhere and goes on while it is gone: names
 *  are answered, existing roles are honoured, health checks decide.
 *  Source: AWS Fault Isolation Boundaries, "Global services". */
export const globalHomes: Readonly<Record<string, Region>> = {
  iam: "us-east-1",
  organizations: "us-east-1",
  account: "us-east-1",
  route53: "us-east-1",
  cloudfront: "us-east-1",
  waf: "us-east-1", // for CloudFront
  acm: "us-east-1", // for CloudFront
  shield: "us-east-1",
  signin: "us-east-1",
  arc: "us-west-2", // routing control; its clusters answer in five regions
  "network-manager": "us-west-2",
  globalaccelerator: "us-west-2",
  "s3-multi-region": "us-west-2",
};

/** The region of what has none. */
export const nowhere = "global";
