/** analyzer · pure. Reading one line of a CSV file (RFC 4180, one record a line) and the moments people write in it. */

/** The fields of a line, without their quotes; null when a quote is never closed. */
export function fieldsOf(line: string): string[] | null {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] ?? "";
    if (quoted) {
      if (c !== '"') field += c;
      else if (line[i + 1] === '"') field += line[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") {
      fields.push(field);
      field = "";
    } else field += c;
  }
  return quoted ? null : [...fields, field];
}

/** A field as it must be written. */
export const quote = (field: string): string =>
  /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

const written =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d\d:?\d\d)?$/i;

/** Epoch ms of `2014-02-14 14:30:00`, of RFC 3339 with or without a zone (UTC then), or of epoch seconds or ms; null
 *  when it is none of these. */
export function momentOf(text: string): number | null {
  const trimmed = text.trim();
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) {
    const number = Number(trimmed);
    return Math.abs(number) >= 1e11 ? number : number * 1000; // 1e11 s is the year 5138, 1e11 ms is 1973
  }
  const parts = written.exec(trimmed);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  const back = new Date(at);
  // Date.UTC turns the 31st of February into a day of March; such a moment was never meant.
  if (back.getUTCDate() !== day || back.getUTCHours() !== hour || back.getUTCMinutes() !== minute)
    return null;
  const zone = parts[8];
  const offset = !zone || zone.toUpperCase() === "Z" ? 0 : minutesOf(zone);
  return at + Math.floor(Number(`0.${parts[7] ?? 0}`) * 1000) - offset * 60_000;
}

function minutesOf(zone: string): number {
  const digits = zone.slice(1).replace(":", "");
  return (zone[0] === "-" ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

const none = /^(|nan|null|none|na|n\/a|-)$/i;

/** A finite number, NaN for a value that is not there, null for anything else. */
export function numberOf(text: string): number | null {
  const trimmed = text.trim();
  if (none.test(trimmed)) return Number.NaN;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : null;
}
