/** dashboard · border. What the JSON API takes besides requests (`ask.ts`), each checked where it is read. */
import * as z from "zod";
import { parse } from "../store/records.ts";

const historyMinutesMax = 48 * 60; // as long as points are kept in an account

export const HistoryAsk = z.strictObject({
  minutes: z
    .string()
    .regex(/^\d{1,4}$/, "expected whole minutes")
    .default("15")
    .transform(Number)
    .refine((n) => n >= 1 && n <= historyMinutesMax, `expected 1 to ${historyMinutesMax} minutes`),
});

export const Limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, "expected a whole number from 1 to 9999")
  .transform(Number);

export const FaultAsk = z.strictObject({
  fault: z.string().min(1).max(100),
  region: z.string().max(100).default(""), // some faults have a place of their own
  service: z.string().min(1).max(100).optional(),
});

/** A fault as a person asks for it; whether there is such a thing is for the playground to say. */
export function parseFault(input: unknown): { fault: string; region: string; service?: string } {
  const { fault, region, service } = parse("fault", FaultAsk, input);
  return { fault, region, ...(service === undefined ? {} : { service }) };
}
