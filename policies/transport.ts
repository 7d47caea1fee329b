/** policies · pure. How users' requests come in. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import * as z from "zod";
import { each, types } from "./reading.ts";

const Listener = z.object({
  protocol: z.string().nullish(),
  sslPolicy: z.string().nullish(),
  defaultActions: z.array(z.object({ type: z.string() })).nullish(),
});

/** Speaks 1.2, which Route 53's checkers need, and nothing older: Elastic Load Balancing, "Security policies". */
const modern = /^ELBSecurityPolicy-(TLS13-1-2(?!-Ext)|TLS-1-2-2017-01|FS-1-2)/;
const onlyNewest = /^ELBSecurityPolicy-TLS13-1-3/;

export const usersSpeakTls = (): ResourceValidationPolicy =>
  each(
    {
      name: "users-speak-tls",
      description: "Doors speak TLS that Route 53's checkers speak too, and plain HTTP serves nothing.",
    },
    [types.listener],
    Listener,
    ({ protocol, sslPolicy, defaultActions }, { has }) => {
      if (protocol === "HTTP")
        return defaultActions?.some(({ type }) => type === "forward")
          ? "What users send here can be read on its way; redirect to HTTPS instead of forwarding."
          : null;
      if (protocol !== "HTTPS") return null;
      if (!has("sslPolicy"))
        return "The door speaks whatever TLS AWS thinks fit; set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06.";
      if (onlyNewest.test(sslPolicy ?? ""))
        return `Route 53's checkers do not speak TLS 1.3, so ${sslPolicy} looks like an outage to them; use ELBSecurityPolicy-TLS13-1-2-2021-06.`;
      return modern.test(sslPolicy ?? "")
        ? null
        : `${sslPolicy} speaks TLS older than 1.2; use ELBSecurityPolicy-TLS13-1-2-2021-06.`;
    },
  );
