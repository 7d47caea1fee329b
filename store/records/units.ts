/** store · nouns. The measures that others are made of. */
import * as z from "zod";

export const instant = z.number().int().nonnegative();
export const durationMs = z.number().nonnegative();
export const share = z.number().min(0).max(1);
