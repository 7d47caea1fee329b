/** infra/replayed · the stories that ship, by name. */
import { readdirSync, readFileSync } from "node:fs";

const shelf = new URL("./stories/", import.meta.url);

export const storyFile = (name: string) => new URL(`${name}.txt`, shelf);
export const storyText = (name: string) => readFileSync(storyFile(name), "utf8");
export const storyNames = () =>
  readdirSync(shelf)
    .filter((file) => file.endsWith(".txt"))
    .map((file) => file.replace(".txt", ""))
    .sort();
