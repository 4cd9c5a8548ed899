import { describe, expect, test } from 'vitest';
import { isFargateSize } from '../../local/batch/fargate-size.ts';
import { fargateMemoryMiB, fargateVcpus } from '../../manifest/fargate-sizes.ts';

describe('the sizes of Fargate', () => {
  test.each(fargateVcpus)('are those of the local runtime for %d vCPUs', (vcpus) => {
    const offered = Array.from({ length: 240 }, (_, index) => (index + 1) * 512).filter((memoryMegabytes) =>
      isFargateSize({ vcpus, memoryMegabytes }),
    );
    expect(fargateMemoryMiB(vcpus)).toEqual(offered);
  });

  test('do not include other numbers of vCPUs', () => {
    expect(fargateMemoryMiB(3)).toEqual([]);
  });
});
