/** infra/local · numbers. The pace of the local world in one place, each beside what AWS itself does, so that
 *  nobody takes a laptop's speed for AWS's. docs/local-world.md shows the same table. */

/** value: used here. aws: what an account gives, null where the number is the world's own. */
type Pace = { value: number; aws: string | null };

export const pace = {
  /** Pause between two asks of one health checker. */
  checkIntervalMs: { value: 1_000, aws: "10 s or 30 s" },
  /** Results in a row that change a checker's mind. */
  failureThreshold: { value: 3, aws: "3 (1 to 10)" },
  /** Places that check. */
  checkers: { value: 5, aws: "several in each of 3 or more regions" },
  /** Longest wait of a checker for a connection, then for a status. Not shortened: a busy laptop is not an outage. */
  checkConnectMs: { value: 4_000, aws: "4 s" },
  checkAnswerMs: { value: 2_000, aws: "2 s" },
  /** Period of the drain alarm. */
  alarmPeriodMs: { value: 1_000, aws: "60 s (high resolution is not accepted)" },
  /** How long the workload's name may be cached. */
  nameTtlS: { value: 5, aws: "60 s (alias to a load balancer)" },
  /** How long an AWS service's name may be cached. */
  serviceTtlS: { value: 5, aws: "5 s for DynamoDB, about 60 s for others (not published)" },
  /** How long "there is nothing" may be cached. */
  negativeTtlS: { value: 5, aws: "differs by zone (not published)" },
  /** One task after another comes up in this time; stopping is quick. */
  taskStartMs: { value: 2_000, aws: "tens of seconds (no promise)" },
  /** What an answer takes when all is well. */
  answerMsMin: { value: 2, aws: null },
  answerMsMax: { value: 15, aws: null },
  /** What it takes under `region-slow`. */
  slowMsMin: { value: 2_000, aws: null },
  slowMsMax: { value: 6_000, aws: null },
  /** Half a beat of `flap`: shorter than three checks in a row, so Route 53's rules alone see nothing. */
  flapMs: { value: 2_000, aws: null },
  /** From DynamoDB's name going bad until Lambda and STS fail for it. */
  consequenceMs: { value: 18_000, aws: "3 min (October 2025)" },
  /** The crowd: how many, how often each comes, and how long each waits. */
  users: { value: 30, aws: null },
  userPauseMs: { value: 1_000, aws: null },
  userPatienceMs: { value: 4_000, aws: null },
  /** How long the lever's hand waits for a region's API before the tick goes on and tries again. */
  apiPatienceMs: { value: 3_000, aws: null },
} satisfies Record<string, Pace>;

export type Timings = Record<keyof typeof pace, number>;

export const localTimings = Object.fromEntries(
  Object.entries(pace).map(([name, { value }]) => [name, value]),
) as Timings;
