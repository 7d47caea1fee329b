/** The Pulumi CLI where there is none; the real one: ../cli/up_cli.ts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { automation } from "../../../infra/deploy/automation.ts";
import { BadInput } from "../../../store/records.ts";

describe("automation()", () => {
  const { PATH } = process.env;
  const nowhere = mkdtempSync(join(tmpdir(), "holdfast-path-"));
  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(nowhere, { recursive: true });
  });

  it("says that there is no CLI, and what to do", async () => {
    process.env.PATH = nowhere;
    const options = { folder: nowhere, policyPack: "policies", hear: () => undefined };
    const failed = await automation(options).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BadInput);
    expect((failed as Error).message).toMatch(/expected the Pulumi CLI on the path.*docs\/deploy\.md/);
  });
});
