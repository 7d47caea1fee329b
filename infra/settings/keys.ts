/** infra · border. Every key that a stack's configuration may hold: what it is for, what it may be, and a value to show in
 *  the command that sets it. docs/deploy.md tells when one would. */
import * as z from "zod";
import { joined } from "../../analyzer/own-parts.ts";
import { parseRules } from "../../analyzer/rules.ts";
import { Region } from "../../store/records.ts";
import { readBlock, sizes } from "../aws/network/carve.ts";
import { memoryFor } from "../aws/workload/image.ts";
import { Access, Notify } from "./secrets.ts";

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected);
const region = z.string("expected a region such as us-east-1").pipe(Region);
const dnsName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const zone = text(/^Z[A-Z0-9]{1,31}$/, "expected a hosted zone's id, which begins with Z");
const whole = (min: number, max: number) =>
  text(/^\d{1,6}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `expected a whole number from ${min} to ${max}`);
/** A list written with commas; an empty text is an empty list. */
const list = (is: (item: string) => boolean, expected: string) =>
  z
    .string(expected)
    .transform((all) => all.split(",").filter(Boolean))
    .refine((items) => items.every(is) && new Set(items).size === items.length, expected);

const block = `expected a block of IPv4 addresses from /${sizes.widest} to /${sizes.narrowest} that begins at its own first address`;
const balancer = text(
  /^app\/[a-zA-Z0-9-]{1,32}\/[0-9a-f]{1,32}$/,
  "expected the end of a load balancer's ARN, as app/shop/50dc6c495c0c9188",
);
/** ECS API, CreateCluster and CreateService. */
const service = text(
  /^[a-zA-Z0-9_-]{1,255}\/[a-zA-Z0-9_-]{1,255}$/,
  "expected an ECS cluster's name and a service's in it, as shop/web",
).transform((given) => {
  const [cluster = "", named = ""] = given.split("/");
  return { cluster, service: named };
});
/** RDS API, CreateGlobalCluster and CreateDBCluster: kept in small letters, whatever was typed. */
const database = text(
  /^[a-z](-?[a-z0-9]){0,62}$/,
  "expected an identifier, no ARN: small letters, digits and single dashes, at most 63, a letter first and no dash last",
).refine((id) => id.length <= 63, "expected at most 63 characters");
const cidr = z.string(block).refine((given) => {
  const read = readBlock(given);
  return read !== null && read.bits >= sizes.widest && read.bits <= sizes.narrowest;
}, block);

const oneOf = <const T extends string>(words: readonly [T, ...T[]]) =>
  z.enum(words, `expected ${words.map((word) => `"${word}"`).join(" or ")}`);

export const Config = z.strictObject({
  "aws:region": region,
  /** Names the workload among others of the same account; part of the lever's metric. */
  "holdfast:workload": text(
    /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
    "expected small letters, digits and dashes, at most 20, a letter first and no dash last",
  ),
  "holdfast:primary": region,
  "holdfast:standby": region,
  "holdfast:witness": region,

  /** The name users know, and the public zone it is in. */
  "holdfast:domain": text(dnsName, "expected a host name in small letters").optional(),
  "holdfast:zoneId": zone.optional(),
  /** A certificate of this region for the name, where Holdfast is not to make one. */
  "holdfast:certificateArn": text(
    /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
    "expected a certificate's ARN",
  ).optional(),
  /** A load balancer of your own in this region: its own name, and the zone that name is in (not the workload's). Then
   *  neither network nor tasks are made. */
  "holdfast:balancerName": text(dnsName, "expected the load balancer's DNS name in small letters").optional(),
  "holdfast:balancerZoneId": zone.optional(),
  /** The ECS services behind load balancers of your own: tasks are counted there, and raised before users are moved. */
  "holdfast:primaryService": service.optional(),
  "holdfast:standbyService": service.optional(),
  /** The end of each region's load balancer's ARN: what it counts is the users' voice. That of a balancer made in the
   *  standby is known there; the primary's is told by `holdfast deploy`. Only the standby needs them. */
  "holdfast:primaryBalancer": balancer.optional(),
  "holdfast:standbyBalancer": balancer.optional(),

  /** The workload's Aurora global database: its identifier, and that of its cluster in each region that takes users. With
   *  the standby's alone it is asked how far that copy is behind; the writer follows the users only where that is asked for. */
  "holdfast:globalDatabase": database.optional(),
  "holdfast:primaryDatabase": database.optional(),
  "holdfast:standbyDatabase": database.optional(),
  "holdfast:moveDatabase": oneOf(["true", "false"]).default("false"),

  /** How traffic is moved: a number published in the standby region, a function there that checkers ask, or routing
   *  controls. */
  "holdfast:lever": oneOf(["metric", "endpoint", "arc"]).default("metric"),
  /** The id of the standby's drain check; only the primary needs it. */
  "holdfast:drainCheck": text(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    "expected a health check's id, the output drainCheck of the standby's stack",
  ).optional(),
  /** What Route 53's checkers ask each load balancer for, and what the answer's first 5120 bytes must contain, at most
   *  255 characters (Route 53 API, HealthCheckConfig). */
  "holdfast:checkPath": text(/^\/[!-~]{0,254}$/, "expected a path that begins with /").default("/healthz"),
  "holdfast:checkText": text(/^.{1,255}$/, "expected 1 to 255 characters").optional(),

  /** The rules that differ from their defaults, as JSON. */
  "holdfast:rules": z
    .string("expected rules as JSON")
    .superRefine((given, { addIssue }) => {
      try {
        parseRules(JSON.parse(given));
      } catch (error) {
        addIssue(`expected rules as JSON; ${(error as Error).message}`);
      }
    })
    .default("{}"),
  /** The workload's own parts and what they need, as JSON or YAML: docs/dependencies.md. */
  "holdfast:parts": z
    .string("expected a list of parts")
    .superRefine((given, { addIssue }) => {
      try {
        joined(given, "holdfast:parts");
      } catch (error) {
        addIssue(`expected a list of parts; ${(error as Error).message}`);
      }
    })
    .optional(),
  /** Names that share nothing with AWS: a vantage point that cannot resolve these is blind. */
  "holdfast:controls": list(
    (name) => dnsName.test(name),
    "expected two or more host names, separated by commas",
  )
    .refine((names) => names.length > 1, "expected two or more host names, separated by commas")
    .default(["one.one.one.one", "dns.google"]),

  "holdfast:cidr": cidr.optional(),
  "holdfast:zones": list((zone) => /^[a-z]$/.test(zone), "expected two or three letters of zones, as a,b")
    .refine(
      (zones) => zones.length === 2 || zones.length === 3,
      "expected two or three letters of zones, as a,b",
    )
    .default(["a", "b"]),
  "holdfast:nat": oneOf(["none", "one", "each"]).default("one"),
  "holdfast:endpoints": list(
    (name) => /^[a-z0-9][a-z0-9.-]*$/.test(name) && name !== "s3" && name !== "dynamodb",
    "expected names of AWS services as in ecr.api,logs; s3 and dynamodb are always there",
  ).default([]),
  "holdfast:clients": list((given) => {
    const [address = "", bits = ""] = given.split("/");
    return readBlock(`${address}/${bits}`) !== null;
  }, "expected blocks of IPv4 addresses, as 203.0.113.0/24,198.51.100.7/32")
    .refine((blocks) => blocks.length > 0, "expected at least one block; 0.0.0.0/0 is everybody")
    .default(["0.0.0.0/0"]),

  /** The image that tasks run; the dashboard's when left out. */
  "holdfast:image": text(/^[a-zA-Z0-9][\w./:@-]{1,254}$/, "expected a container image's name").optional(),
  "holdfast:port": whole(1, 65_535).default(8080),
  "holdfast:cpu": whole(256, 16_384)
    .refine((cpu) => memoryFor(cpu).length > 0, "expected 256, 512, 1024, 2048, 4096, 8192 or 16384")
    .default(256),
  "holdfast:memory": whole(512, 122_880).default(512),
  /** Tasks that carry all users, and those that stand by when nobody comes; at least one, as a region without any cannot
   *  take over. */
  "holdfast:tasks": whole(1, 1000).default(2),
  "holdfast:standbyTasks": whole(1, 1000).default(1),
  "holdfast:tasksMax": whole(1, 5000).default(10),

  "holdfast:canaryRuntime": text(
    /^syn-nodejs-(3\.[1-9]\d*|([4-9]|[1-9]\d+)\.\d+)$/,
    "expected a runtime of Node.js without a browser from 3.1 on, as syn-nodejs-5.4, as no other brings the library that the canary is written for",
  ).default("syn-nodejs-5.4"),
  /** Minutes from one walk of a canary to the next. */
  "holdfast:canaryMinutes": whole(1, 60).default(1),
  "holdfast:alertEmail": z.email("expected an e-mail address").optional(),
  /** Secret. Channels besides the region's own topic, as docs/notifications.md has them. */
  "holdfast:notify": Notify.optional(),
  /** Secret. Who may enter the dashboard where it runs as the workload, as docs/dashboard.md has it. */
  "holdfast:access": Access.optional(),
  /** The title of the page for anybody, which makes that there is one. */
  "holdfast:status": text(/^[^\p{Cc}]{1,80}$/u, "expected a title of 1 to 80 characters").optional(),
});
export type Key = keyof z.infer<typeof Config>;

/** Never repeated in a message, encrypted in the stack's file and state. */
export const secrets: readonly string[] = ["holdfast:notify", "holdfast:access"] satisfies Key[];

export const example: Record<Key, string> = {
  "aws:region": "us-east-1",
  "holdfast:workload": "shop",
  "holdfast:primary": "us-east-1",
  "holdfast:standby": "us-west-2",
  "holdfast:witness": "eu-west-1",
  "holdfast:domain": "shop.example.com",
  "holdfast:zoneId": "Z0123456789EXAMPLE",
  "holdfast:certificateArn":
    "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
  "holdfast:balancerName": "shop-123.us-east-1.elb.amazonaws.com",
  "holdfast:balancerZoneId": "Z35SXDOTRQ7X7K",
  "holdfast:primaryService": "shop/web",
  "holdfast:standbyService": "shop/web",
  "holdfast:primaryBalancer": '"$(pulumi stack output balancer --stack PRIMARY)"',
  "holdfast:standbyBalancer": "app/shop/50dc6c495c0c9188",
  "holdfast:globalDatabase": "shop",
  "holdfast:primaryDatabase": "shop-east",
  "holdfast:standbyDatabase": "shop-west",
  "holdfast:moveDatabase": "true",
  "holdfast:lever": "metric",
  "holdfast:drainCheck": '"$(pulumi stack output drainCheck --stack STANDBY)"',
  "holdfast:checkPath": "/healthz",
  "holdfast:checkText": '"all is well"',
  "holdfast:rules": `'{"mode":"approve"}'`,
  "holdfast:parts": `'[{"part":"checkout","needs":["dynamodb"]}]'`,
  "holdfast:controls": "one.one.one.one,dns.google",
  "holdfast:cidr": "10.20.0.0/16",
  "holdfast:zones": "a,b,c",
  "holdfast:nat": "each",
  "holdfast:endpoints": "ecr.api,ecr.dkr,logs",
  "holdfast:clients": "203.0.113.0/24",
  "holdfast:image": "public.ecr.aws/nginx/nginx:stable",
  "holdfast:port": "8080",
  "holdfast:cpu": "512",
  "holdfast:memory": "1024",
  "holdfast:tasks": "2",
  "holdfast:standbyTasks": "1",
  "holdfast:tasksMax": "10",
  "holdfast:canaryRuntime": "syn-nodejs-5.4",
  "holdfast:canaryMinutes": "5",
  "holdfast:alertEmail": "ops@example.com",
  "holdfast:access": `'{"secret":"...","tokens":[{"name":"on call","role":"act","sha256":"..."}]}'`,
  "holdfast:status": "Shop",
  "holdfast:notify": `'[{"kind":"slack","url":"https://hooks.slack.com/services/..."}]'`,
};

export const isKey = (key: string): key is Key => Object.hasOwn(example, key);
