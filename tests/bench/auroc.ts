/** tests · bench. How well scores rank: the chance that an odd row scores above an ordinary one (ties count half). */
export function auroc(scores: ArrayLike<number>, odd: ArrayLike<number>): number {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let ranks = 0;
  let odds = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && scores[order[j] ?? 0] === scores[order[i] ?? 0]) j++;
    for (let k = i; k < j; k++) {
      if (!odd[order[k] ?? 0]) continue;
      ranks += (i + j + 1) / 2;
      odds++;
    }
    i = j;
  }
  return (ranks - (odds * (odds + 1)) / 2) / (odds * (order.length - odds));
}
