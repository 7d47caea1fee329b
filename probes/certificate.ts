/** probes · pure. What is kept of a certificate: the days it has left, the names it was made for, who vouches for it. */
import type { Facts } from "../store/records.ts";
import type { Certificate } from "./edge.ts";

const dayMs = 24 * 60 * 60_000;

/** As facts; `daysLeft` is below zero when it has run out. */
export const shown = (certificate: Certificate, now: number): Facts => ({
  protocol: certificate.protocol,
  daysLeft: Math.floor((certificate.validTo - now) / dayMs),
  names: certificate.names,
  issuer: certificate.issuer,
  ...(certificate.detail === null ? {} : { detail: certificate.detail }),
});
