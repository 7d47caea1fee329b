/** tests · a call of a function's URL by whom IAM let in: AWS Lambda guide, "Function URL request payload", format 2.0. */
import type { LambdaEvent } from "hono/aws-lambda";

export function urlEvent(method: string, path: string, body?: object): LambdaEvent {
  const domainName = "abc.lambda-url.us-west-2.on.aws";
  return {
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    headers: { host: domainName, ...(body ? { "content-type": "application/json" } : {}) },
    requestContext: {
      domainName,
      http: { method, path },
      authorizer: { iam: { userArn: "arn:aws:iam::1:user/ada" } },
    },
    isBase64Encoded: false,
    ...(body ? { body: JSON.stringify(body) } : {}),
  } as unknown as LambdaEvent;
}
