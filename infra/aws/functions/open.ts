/** infra/aws · effects. A function's URL that is open to everybody. Its role must be one that everybody may use. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "./function.ts";

/** For those who sign nothing: checkers, and whoever has a browser. */
export function openUrl(
  name: string,
  region: string,
  { function: made }: LambdaFunction,
  inside: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const url = new aws.lambda.FunctionUrl(
    `${name}-url`,
    { region, functionName: made.name, authorizationType: "NONE" },
    inside,
  );
  const everybody = { region, function: made.name, principal: "*" };
  const seen = new aws.lambda.Permission(
    `${name}-ask`,
    { ...everybody, action: "lambda:InvokeFunctionUrl", functionUrlAuthType: "NONE" },
    inside,
  );
  new aws.lambda.Permission(
    `${name}-answer`, // the second of the two that a URL needs since October 2025: Lambda guide, "urls-auth"
    { ...everybody, action: "lambda:InvokeFunction", invokedViaFunctionUrl: true },
    { ...inside, dependsOn: [seen] }, // one change of a function's policy at a time
  );
  return url.functionUrl;
}
