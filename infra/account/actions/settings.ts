/** infra/account/actions · border. What a move brings along besides the users, as the settings say: the tasks or instances
 *  that carry them, and the database, where that was asked for. */
import * as z from "zod";
import { Region } from "../../../store/records.ts";

const name = z.string().min(1).max(255);
const percentOfSource = z.number().int().min(1).max(1_000).optional();

export const ActionSettings = z.strictObject({
  /** By region: what is scaled there. How far is in the topology; `percentOfSource` may ask for more. */
  capacity: z
    .record(
      Region,
      z.union([
        z.strictObject({ cluster: name, service: name, percentOfSource }),
        z.strictObject({ group: name, percentOfSource }),
      ]),
    )
    .default({}),
  /** By region: the ARN of its cluster. Left out, no database is touched. */
  database: z
    .strictObject({
      globalCluster: name,
      clusters: z.record(
        Region,
        z.string().regex(/^arn:[\w-]+:rds:[\w-]+:\d{12}:cluster:[\w-]+$/, "expected a cluster's ARN"),
      ),
      /** The most that a forced move may leave behind. */
      lagMsMax: z.number().int().nonnegative().default(60_000),
    })
    .optional(),
});
export type ActionSettings = z.infer<typeof ActionSettings>;
