/** infra/local · effects. Stands in for an ECS service: how many tasks should run, and how many do. They start one
 *  after another and stop at once. At least one is always wanted, since a load balancer without targets is unhealthy
 *  and an empty standby could not take over. */
export type Counts = { running: number; desired: number };

export type Tasks = {
  counts(): Counts;
  /** Sets how many should run; 1 or more. */
  want(desired: number): void;
  /** Gone, and none starts, while `true`. */
  lose(lost: boolean): void;
  stop(): void;
};

export function startTasks(options: { counts: Counts; startMs: number; changed: () => void }): Tasks {
  const { startMs, changed } = options;
  let { running, desired } = options.counts;
  let lost = false;
  let starting: NodeJS.Timeout | null = null;

  const settle = () => {
    const before = running;
    running = lost ? 0 : Math.min(running, desired);
    if (running !== before) changed();
    const goOn = !lost && running < desired;
    if (goOn && !starting) starting = setTimeout(started, startMs);
    if (!goOn && starting) {
      clearTimeout(starting);
      starting = null;
    }
  };
  const started = () => {
    starting = null;
    running += 1;
    changed();
    settle();
  };
  settle();
  return {
    counts: () => ({ running, desired }),
    want(next) {
      if (next === desired) return;
      desired = next;
      changed();
      settle();
    },
    lose(now) {
      lost = now;
      settle();
    },
    stop() {
      if (starting) clearTimeout(starting);
    },
  };
}
