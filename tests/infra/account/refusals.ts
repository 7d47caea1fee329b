/** tests · how AWS says no, in each of its protocols: JSON to those who speak that, XML to the others. */
import type { Heard, Said } from "./recorder.ts";

const names = {
  throttled: { status: 400, json: "ThrottlingException", xml: "Throttling" },
  broken: { status: 500, json: "InternalServerError", xml: "InternalFailure" },
  denied: { status: 403, json: "AccessDeniedException", xml: "AccessDenied" },
} as const;

export function refusal({ host }: Heard, why: keyof typeof names, message: string): Said {
  const { status, json, xml } = names[why];
  if (/^(route53|sns|autoscaling|rds|elasticloadbalancing)\./.test(host)) {
    const error = `<Error><Type>Sender</Type><Code>${xml}</Code><Message>${message}</Message></Error>`;
    return {
      status,
      headers: { "content-type": "text/xml" },
      body: `<ErrorResponse>${error}</ErrorResponse>`,
    };
  }
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": json };
  return { status, headers, body: JSON.stringify({ __type: json, message }) };
}
