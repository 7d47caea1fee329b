/** dashboard · pure. One event compressed once for everybody who hears it: each piece looks back at nothing before itself
 *  (a full flush, RFC 1951), so the same bytes continue anybody's gzip stream, wherever it began. Such a stream has no
 *  end of its own (RFC 1952 puts a sum of all its bytes there), so it is for streams that end only with the line. */
import { constants, deflateRawSync } from "node:zlib";

/** The ten bytes that every gzip stream begins with: no name, no time, no known system. */
export const gzipHead = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

export const zipped = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH }));

/** Whether an Accept-Encoding header allows for gzip (RFC 9110, 12.5.3). */
export const takesGzip = (accepts: string | undefined): boolean =>
  (accepts ?? "").split(",").some((part) => {
    const [coding = "", weight = ""] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return (coding === "gzip" || coding === "x-gzip") && !/^q=0(\.0*)?$/.test(weight);
  });
