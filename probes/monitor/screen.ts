/** probes · monitor. A screen of our own on a terminal while we watch; what the shell had written comes back afterwards. */
export type Terminal = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/** Lines that can be shown at once; the cursor needs the last one. */
export const roomOf = (out: Terminal): number => (out.rows || 24) - 1;

/** Takes the screen. `show` puts lines in the place of the last ones; `leave` gives the screen back, once. */
export function screen(out: Terminal): { show(lines: string[]): void; leave(): void } {
  let isOurs = true;
  out.write("\x1b[?1049h\x1b[?25l"); // the other screen, and no cursor
  return {
    show(lines) {
      if (!isOurs) return;
      const room = roomOf(out);
      const closing = lines.slice(lines.lastIndexOf("") + 1).slice(-Math.floor(room / 2)); // it sums up what is left out
      const left = room - 1 - closing.length;
      const more = `… ${lines.length - closing.length - left} lines more; --simple shows all`;
      const visible = lines.length > room ? [...lines.slice(0, left), more, ...closing] : lines;
      out.write(`\x1b[H${visible.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
    },
    leave() {
      if (isOurs) out.write("\x1b[?25h\x1b[?1049l");
      isOurs = false;
    },
  };
}
