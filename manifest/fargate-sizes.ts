/**
 * Memory in MiB that Fargate offers for a number of vCPUs.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
 */
const sizes = [
  { vcpus: 0.25, memoryMiB: [512, 1024, 2048] },
  { vcpus: 0.5, memoryMiB: range(1024, 4096, 1024) },
  { vcpus: 1, memoryMiB: range(2048, 8192, 1024) },
  { vcpus: 2, memoryMiB: range(4096, 16_384, 1024) },
  { vcpus: 4, memoryMiB: range(8192, 30_720, 1024) },
  { vcpus: 8, memoryMiB: range(16_384, 61_440, 4096) },
  { vcpus: 16, memoryMiB: range(32_768, 122_880, 8192) },
];

function range(first: number, last: number, step: number): readonly number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step);
}

/** The numbers of vCPUs that Fargate offers. */
export const fargateVcpus = sizes.map(({ vcpus }) => vcpus);

/** The amounts of memory in MiB that Fargate offers for a number of vCPUs; empty for any other number. */
export function fargateMemoryMiB(vcpus: number): readonly number[] {
  return sizes.find((size) => size.vcpus === vcpus)?.memoryMiB ?? [];
}
