/** analyzer · pure. The lever's own test, that moves nobody: a shadow of it is told the opposite of what it was told last,
 *  by the same road as the lever, and must be seen to follow. A lever that nobody has pulled for a year is only known
 *  to work if something like it was pulled this hour. */
import type { SelfTest } from "../store/records.ts";
import type { Rules } from "./rules.ts";
import { span } from "./spans.ts";

type Told = NonNullable<SelfTest["told"]>;

/** What the shadow must be told now: the next test when one is due, the same again while one is under way; null between
 *  two tests. */
export function tells(before: SelfTest | null, now: number, rules: Rules): Told | null {
  if (before?.told == null) return { drained: true, at: now };
  if (isUnderWay(before)) return before.told;
  const due = now - (before.at ?? 0) >= rules.selfTestEveryMs;
  return due ? { drained: !before.told.drained, at: now } : null;
}

/** How the test stands after the shadow was told and looked at. `seen`: whether it is seen drained; null when that cannot
 *  be told yet. `fault`: why it could not be told or looked at. */
export function judged(
  before: SelfTest | null,
  told: Told,
  { seen, fault }: { seen: boolean | null; fault: string | null },
  now: number,
  rules: Rules,
): SelfTest {
  const tookMs = now - told.at;
  if (seen === told.drained && fault === null) {
    const state = told.drained ? "drained" : "not drained";
    return {
      at: now,
      held: true,
      says: `its shadow was told ${state} and followed in ${span(tookMs)}`,
      told,
    };
  }
  if (tookMs < rules.selfTestPatienceMs) {
    const { at = null, held = null, says = "its first test is under way" } = before ?? {};
    return { at, held, says, told }; // what was found out last stands meanwhile
  }
  const says = fault ?? `its shadow did not follow within ${span(rules.selfTestPatienceMs)}`;
  return { at: now, held: false, says, told };
}

/** Older than this, what was found out says nothing of now. */
export const isStale = (test: SelfTest, now: number, rules: Rules): boolean =>
  test.at === null || now - test.at > 2 * rules.selfTestEveryMs + rules.selfTestPatienceMs;

const isUnderWay = ({ at, told }: SelfTest) => told !== null && (at === null || at < told.at);
