/** store · nouns. What is asked about. */
import * as z from "zod";

/** Why we ask: an AWS service the workload stands on; the workload's own endpoint in one region; the public
 *  name as users take it; how many tasks run; how far a region's copy of the data is behind; or a control that shares
 *  nothing with AWS, which tells a blind vantage point from a dead region. */
export const Purpose = z.enum(["service", "workload", "route", "capacity", "data", "control"]);
export type Purpose = z.infer<typeof Purpose>;

const asked = {
  id: z.string().min(1),
  service: z.string().min(1),
  region: z.string().min(1), // of what is asked about; "global" where it has none
  purpose: Purpose,
  /** Nodes that fail when this one's target does not answer; empty for a leaf. */
  dependsOn: z.array(z.string()).optional(),
  /** `host:port` of the name server to ask; the vantage point's own when left out. */
  resolver: z.string().optional(),
};

export const DnsTarget = z.strictObject({
  ...asked,
  kind: z.literal("dns"),
  name: z.string().min(1),
  type: z.enum(["A", "AAAA"]),
});
/** A singular query of RFC 9535 (section 2.3.5.1): names and indices, so that it finds one value or nothing. */
const jsonPath = z
  .string()
  .regex(
    /^\$(\.[A-Za-z_\u{80}-\u{10ffff}][\w\u{80}-\u{10ffff}]*|\[(0|-?[1-9]\d{0,8})\]|\['[^'\\]*'\]|\["[^"\\]*"\])*$/u,
    "expected a JSON path such as $.status or $.items[0]['a name']",
  );
/** Whether each of the name's addresses is asked, and one that fails is enough to be down; only the first when left
 *  out. */
const everyAddress = z.boolean().optional();

export const HttpTarget = z.strictObject({
  ...asked,
  kind: z.literal("http"),
  url: z.url({ protocol: /^https?$/ }),
  /** Statuses (RFC 9110 section 15) that count as up; 200–399 when left out. */
  expectStatus: z.array(z.number().int().min(100).max(599)).min(1).optional(),
  /** By header name, whatever its case: a text that its value contains; "" when it need only be there. */
  expectHeader: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "expected a header's name"), z.string())
    .optional(),
  /** A text that the body contains. */
  expectBody: z.string().min(1).optional(),
  /** By JSON path: the value that the body, read as JSON, has there. */
  expectJson: z.record(jsonPath, z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** Redirects to follow, so that what is judged is where they end; none are followed when left out. */
  redirectsMax: z.number().int().min(0).max(20).optional(),
  everyAddress,
});
export const TcpTarget = z.strictObject({
  ...asked,
  kind: z.enum(["tcp", "tls"]),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  everyAddress,
});
const isCluster = (url: string) => /^aws:\/\/rds\/[^/]+\//.test(url);

/** How many tasks a service runs, read from the region's own API: `{ running, desired }` in the facts, and `limit` where a
 *  quota is known; with purpose `data`, how far the region's copy is behind: `{ lagMs }`. Or, where the URL
 *  is `aws://SERVICE/REGION` with ec2, rds, elb or ecs, how an account's resources there are; and of one ECS service,
 *  `aws://ecs/REGION/CLUSTER/SERVICE`, how many tasks it runs and wants; with purpose `data`, `aws://rds/REGION/CLUSTER`, how
 *  far that Aurora cluster's copy is behind. */
export const AwsTarget = z
  .strictObject({
    ...asked,
    kind: z.literal("aws"),
    url: z
      .url()
      .regex(
        /^(?!aws:)|^aws:\/\/(ec2|rds|elb|ecs)\/[a-z]{2}(-[a-z]+)+-\d+$|^aws:\/\/ecs\/[a-z]{2}(-[a-z]+)+-\d+\/[\w-]+\/[\w-]+$|^aws:\/\/rds\/[a-z]{2}(-[a-z]+)+-\d+\/[\w-]+$/,
        "expected aws://SERVICE/REGION, with ec2, rds, elb or ecs, such as aws://rds/us-east-1, or aws://ecs/REGION/CLUSTER/SERVICE, or aws://rds/REGION/CLUSTER",
      ),
  })
  .refine(({ url, purpose }) => !url.startsWith("aws:") || isCluster(url) === (purpose === "data"), {
    path: ["url"],
    message: "expected aws://rds/REGION/CLUSTER where the purpose is data, and only there",
  });

/** Something we ask about. */
export const Target = z.discriminatedUnion("kind", [DnsTarget, HttpTarget, TcpTarget, AwsTarget]);
export type Target = z.infer<typeof Target>;
export type DnsTarget = z.infer<typeof DnsTarget>;
export type HttpTarget = z.infer<typeof HttpTarget>;
export type TcpTarget = z.infer<typeof TcpTarget>;
export type AwsTarget = z.infer<typeof AwsTarget>;
