/** tests · the item of claims as plain as can be: what the store's own must do, and what the rhythm is tried with. */
import type { Claim, Claimed } from "../../store/dynamodb/claim.ts";

export function baton() {
  let item: (Claim & { coming: number }) | null = null;
  return (wanted: Claim): Claimed => {
    const { beat, run, holder } = wanted;
    const mayGoOn = (of: Claim) =>
      of.beat < beat && (of.run < run || (of.run === run && (of.holder === holder || of.beat < beat - 1)));
    if (!item || (item.coming <= run && (item.beat > beat + 3 || mayGoOn(item)))) {
      item = { ...wanted, coming: item?.coming ?? 0 };
      return "mine";
    }
    if (item.beat === beat && item.run === run && item.holder === holder) return "mine"; // asked again, as an answer was lost
    if (Math.max(item.run, item.coming) > run) return "relieved";
    if (item.run === run && item.holder !== holder) return "doubled";
    item.coming = Math.max(item.coming, run);
    return "late";
  };
}
