/** infra/aws · effects. Where a region's alarms speak to people. Each region has its own, so that a lost one takes no
 *  other's voice with it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export type AlertsArgs = { region: string; alertEmail: string | undefined };

export class Alerts extends pulumi.ComponentResource {
  /** Not encrypted with the key AWS keeps for SNS, as alarms may not use that one (CloudWatch guide, SNS topics and
   *  encryption). Messages say what an alarm saw, and hold no user's data. */
  readonly topic: aws.sns.Topic;

  constructor(name: string, { region, alertEmail }: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Alerts", name, {}, opts);
    const inside = { parent: this };
    this.topic = new aws.sns.Topic(`${name}-topic`, { region }, inside);
    if (alertEmail !== undefined) {
      const subscription = { region, topic: this.topic.arn, protocol: "email", endpoint: alertEmail };
      new aws.sns.TopicSubscription(`${name}-email`, subscription, inside);
    }
    this.registerOutputs({ topic: this.topic.arn });
  }
}
