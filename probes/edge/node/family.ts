/** probes · edge, Node. An edge goes to addresses, never to names. */
import { isIP } from "node:net";

export function familyOf(host: string): 4 | 6 {
  const family = isIP(host);
  if (family === 0) throw new TypeError(`expected an IP address to send to; got ${JSON.stringify(host)}`);
  return family === 6 ? 6 : 4;
}
