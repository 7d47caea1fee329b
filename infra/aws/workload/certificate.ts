/** infra/aws · effects. A certificate for the name users know and this region's own, proved by records in the name's zone.
 *  Each region has its own, and it renews itself. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../../../store/records.ts";
import { regionalName } from "../names.ts";

export type CertificateArgs = { region: Region; domain: { name: string; zoneId: string } };

export class Certificate extends pulumi.ComponentResource {
  /** Of the certificate once it is proved. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { region, domain }: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:infra:Certificate", name, {}, opts);
    const inside = { parent: this };
    const names = [domain.name, regionalName(region, domain.name)];
    const certificate = new aws.acm.Certificate(
      `${name}-certificate`,
      {
        region,
        domainName: domain.name,
        subjectAlternativeNames: names.slice(1),
        validationMethod: "DNS",
      },
      inside,
    );
    const proofs = names.map((_, i) => {
      const asked = certificate.domainValidationOptions.apply((options) => options[i]);
      return new aws.route53.Record(
        `${name}-proof-${i}`,
        {
          zoneId: domain.zoneId,
          name: asked.apply((a) => a?.resourceRecordName ?? ""),
          type: asked.apply((a) => a?.resourceRecordType ?? "CNAME") as pulumi.Output<aws.route53.RecordType>,
          records: [asked.apply((a) => a?.resourceRecordValue ?? "")],
          ttl: 60,
          allowOverwrite: true, // each region proves the shared name by one and the same record
        },
        { ...inside, retainOnDelete: true }, // the other regions' certificates renew by it
      );
    });
    this.arn = new aws.acm.CertificateValidation(
      `${name}-proved`,
      { region, certificateArn: certificate.arn, validationRecordFqdns: proofs.map((proof) => proof.fqdn) },
      inside,
    ).certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
