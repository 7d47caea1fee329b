/** probes · edge. Another edge, kept from places that a probe on someone's behalf has no business with: private
 *  networks, the loopback, the instance metadata service. A public name may well lead there; it is looked at by the
 *  address, after resolving, so nothing slips through between. Name servers are not looked at: they are configured. */
import { BlockList, isIP } from "node:net";
import { BadInput } from "../../store/records.ts";
import { type Address, type Edge, EdgeError } from "../edge.ts";

/** IANA's special-purpose registries (RFC 6890), without the documentation ranges. */
const special: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16", // the metadata service is 169.254.169.254
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/127",
  "::ffff:0:0/96", // IPv4 in IPv6's clothes
  "64:ff9b::/96", // the same through NAT64
  "fc00::/7", // fd00:ec2::254 is the metadata service
  "fe80::/10",
  "ff00::/8",
];

/** Whether an address lies in one of some prefixes. Throws `BadInput` for a prefix that can't be read. IPv4 and IPv6
 *  are kept apart: in one list, IPv4 in IPv6's clothes would stand for all of IPv4. */
export function within(prefixes: readonly string[]): (address: string) => boolean {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const prefix of prefixes) {
    const [address = "", bits = "", ...more] = prefix.split("/");
    const family = familyOf(address);
    if (!family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32) || more.length > 0) {
      throw new BadInput(`expected a prefix such as 10.0.0.0/8, got ${JSON.stringify(prefix)}`);
    }
    lists[family].addSubnet(address, Number(bits), `ipv${family}`);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== null && lists[family].check(address, `ipv${family}`);
  };
}

const familyOf = (address: string): 4 | 6 | null => {
  const family = isIP(address);
  return family === 4 || family === 6 ? family : null;
};

/** `allow`: prefixes that are fine although they are special, such as one's own network. */
export function guarded(edge: Edge, allow: readonly string[]): Edge {
  const refused = within(special);
  const allowed = within(allow);
  const check = <T>(to: Address, go: () => Promise<T>): Promise<T> => {
    const host = to.host.replace(/%.*$/, ""); // a zone is no part of the address
    if (isIP(host) && (!refused(host) || allowed(host))) return go();
    return Promise.reject(new EdgeError("unreachable", `not allowed to go to ${to.host}`));
  };
  return {
    ...edge,
    http: (ask, signal) => check(ask.address, () => edge.http(ask, signal)),
    connect: (to, signal) => check(to, () => edge.connect(to, signal)),
    tls: (to, serverName, signal) => check(to, () => edge.tls(to, serverName, signal)),
  };
}
