/** probes · edge, Node. What can wait for the end of the loop's turn is done then, all of it at once. A server that is
 *  woken once for many questions wakes us once for their answers, and what is done in a row is done faster. */
import { setImmediate } from "node:timers";

/** Gives what puts one thing on a heap; the heap goes to `act` at the end of the turn. */
export function atTurnsEnd<T>(act: (heap: T[]) => void): (one: T) => void {
  let heap: T[] = [];
  const end = () => {
    const all = heap;
    heap = [];
    act(all);
  };
  return (one) => {
    if (heap.push(one) === 1) setImmediate(end);
  };
}
