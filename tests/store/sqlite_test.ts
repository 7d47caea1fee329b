import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "../../store/sqlite.ts";
import { storeContract } from "../contracts/store.ts";

storeContract("sqlite()", async () => {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  let store = sqlite(dir);
  return {
    store,
    async reopen() {
      await store.close();
      store = sqlite(dir);
      return store;
    },
    async end() {
      await store.close();
      rmSync(dir, { recursive: true });
    },
  };
});
