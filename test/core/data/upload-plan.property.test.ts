import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxDataBytes, maxParts } from '../../../core/contract/schemas/data-schemas.ts';
import { maxSingleUploadBytes, partSizeOf, planUpload } from '../../../core/data/upload-plan.ts';

/** Limits of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const minPartBytes = 5 * 1024 ** 2;
const maxPartBytes = 5 * 1024 ** 3;

const sizes = fc.oneof(
  fc.integer({ min: 0, max: maxDataBytes }),
  fc.constantFrom(0, 1, maxSingleUploadBytes, maxSingleUploadBytes + 1, maxDataBytes),
);

describe('the plan of an upload', () => {
  test('has parts that S3 accepts, and that have the size of the content together', () => {
    fc.assert(
      fc.property(sizes, (sizeBytes) => {
        const plan = planUpload(sizeBytes);
        if (plan.kind === 'single') {
          expect(sizeBytes).toBeLessThanOrEqual(maxSingleUploadBytes);
          return;
        }
        const { partSizeBytes, partCount = 0 } = plan;
        expect(partCount).toBeLessThanOrEqual(maxParts);
        expect(partSizeBytes).toBeGreaterThanOrEqual(minPartBytes);
        expect(partSizeBytes).toBeLessThanOrEqual(maxPartBytes);
        const upload = { ...plan, uploadId: 'an-upload' };
        const last = partSizeOf(partCount, upload, sizeBytes) ?? 0;
        expect(last).toBeGreaterThan(0);
        expect(last).toBeLessThanOrEqual(partSizeBytes);
        expect(partSizeBytes * (partCount - 1) + last).toBe(sizeBytes);
      }),
    );
  });

  test('of content whose size is not known has parts of 16 MiB', () => {
    expect(planUpload(undefined)).toEqual({ kind: 'parts', partSizeBytes: 16 * 1024 ** 2 });
  });
});
