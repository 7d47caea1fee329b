/** probes · edge, Node. What a server's certificate says, and what is wrong with it. */
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Certificate, TlsFault } from "../../edge.ts";
import { codeOf } from "./faults.ts";

/** The certificate shown on a socket that has shaken hands; null when there was none. */
export function certificateOf(socket: TLSSocket, serverName: string): Certificate | null {
  const certificate = socket.getPeerCertificate();
  if (!certificate.valid_to) return null;
  const [fault, detail] = faultOf(socket.authorizationError, serverName, certificate);
  return {
    protocol: socket.getProtocol(),
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
    names: certificate.subjectaltname?.split(", ") ?? [],
    issuer: [certificate.issuer.CN ?? certificate.issuer.O ?? ""].flat().join(", "),
    fault,
    detail,
  };
}

/** The chain's fault first: a name on a certificate nobody vouches for says nothing. Node tells the name's fault by
 *  the same field when the chain is in order. */
function faultOf(
  told: Error | string | null | undefined,
  serverName: string,
  certificate: PeerCertificate,
): [TlsFault | null, string | null] {
  if (!told) return [null, null];
  const code = typeof told === "string" ? told : codeOf(told) || told.message;
  if (code === "CERT_HAS_EXPIRED") return ["expired", code];
  if (code === "CERT_NOT_YET_VALID") return ["not-yet-valid", code];
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return ["untrusted", code];
  return ["name-mismatch", checkServerIdentity(serverName, certificate)?.message ?? code];
}
