/** probes · run. The entry for an edge: `deno serve`, or any host that takes `export default { fetch }`. Settings come
 *  from the environment as `settings.ts` says, and HOLDFAST_TOKEN: what callers must show, at least 16 characters. */
import { answerer } from "./answer.ts";
import { said, settings } from "./settings.ts";

export default { fetch: answerer({ ...settings(), token: said("HOLDFAST_TOKEN") }) };
