/** infra/aws · pure. Every monitor says by a tag which region it watches, so that policy can see that it does not live
 *  there. */
import type { Region } from "../../store/records.ts";

export const watches = (region: Region) => ({ "holdfast:watches": region });
