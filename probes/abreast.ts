/** probes · order. Things to do side by side, but no more than so many at once: each may hold a socket. */

/** Results in the order of the items. Rejects as the first that does; those begun by then end by themselves. */
export async function abreast<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
