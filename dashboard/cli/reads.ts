/** dashboard · command line. Ties what a command reads to what the API gives: both are schemas, and where the API gives what
 *  the command could not read, the types do not fit and the program does not compile. What runs is the command's own,
 *  which leaves aside what it does not know: a server of another version may say more. */
import type * as z from "zod";

export const reads =
  <Given extends z.ZodType>() =>
  <Read extends z.ZodType>(schema: z.output<Given> extends z.input<Read> ? Read : never): Read =>
    schema;
