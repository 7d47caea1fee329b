/** The store in memory, held to the contract. */
import { memory } from "../../store/memory.ts";
import { storeContract } from "../contracts/store.ts";

storeContract("memory()", async () => {
  const store = memory();
  return { store, reopen: async () => store, end: () => store.close() };
});
