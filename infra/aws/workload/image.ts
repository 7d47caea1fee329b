/** infra/aws · pure. What a container image's name tells: whether it lies in ECR, and where; and what ours answers. */

/** Where the dashboard's image answers Route 53's checkers and the load balancer, by whatever name they come. */
export const healthPath = "/healthz";

/** The repository's ARN; null for an image that lies elsewhere and needs no permission of AWS. A tag or a digest at the
 *  end is no part of it. */
export function repositoryArn(image: string): string | null {
  const found = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)([:@].*)?$/.exec(image);
  return found ? `arn:aws:ecr:${found[2]}:${found[1]}:repository/${found[3]}` : null;
}

/** The region an image is fetched from; null when its name tells none. */
export const regionOfImage = (image: string): string | null => repositoryArn(image)?.split(":")[3] ?? null;

/** Memory, in MiB, that Fargate takes for a task's CPU units: Amazon ECS Developer Guide, "Task size". */
export function memoryFor(cpu: number): number[] {
  const steps = (from: number, to: number, step: number) =>
    Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);
  switch (cpu) {
    case 256:
      return [512, 1024, 2048];
    case 512:
      return steps(1024, 4096, 1024);
    case 1024:
      return steps(2048, 8192, 1024);
    case 2048:
      return steps(4096, 16_384, 1024);
    case 4096:
      return steps(8192, 30_720, 1024);
    case 8192:
      return steps(16_384, 61_440, 4096);
    case 16_384:
      return steps(32_768, 122_880, 8192);
    default:
      return [];
  }
}
