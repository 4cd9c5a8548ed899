/** vCPUs and memory of a job. */
export interface JobSize {
  readonly vcpus: number;
  readonly memoryMegabytes: number;
}

/**
 * Memory in GiB that Fargate allows for a number of vCPUs: minimum, maximum and step. The smallest size has a
 * list of values instead.
 */
const memoryGib: Readonly<Record<string, readonly [least: number, most: number, step: number]>> = {
  '0.25': [0.5, 2, 0.5],
  '0.5': [1, 4, 1],
  '1': [2, 8, 1],
  '2': [4, 16, 1],
  '4': [8, 30, 1],
  '8': [16, 60, 4],
  '16': [32, 120, 8],
};

/**
 * Reports whether Fargate offers this size.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
 */
export function isFargateSize({ vcpus, memoryMegabytes }: JobSize): boolean {
  const [least, most, step] = memoryGib[String(vcpus)] ?? [];
  if (least === undefined || most === undefined || step === undefined) return false;
  const gib = memoryMegabytes / 1024;
  if (vcpus === 0.25 && gib === 1.5) return false;
  return gib >= least && gib <= most && Number.isInteger((gib - least) / step);
}
