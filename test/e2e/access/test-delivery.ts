import { expect, vi } from 'vitest';
import type { ApiResponse, Call } from '../../support/local-service/local-errand.ts';

/** Requests a test delivery, and returns its ID after its only attempt has failed. */
export async function testDelivery(
  call: (path: string, call?: Call) => Promise<ApiResponse>,
  webhook: string,
): Promise<string> {
  const { body } = await call(`/v1/webhooks/${webhook}/test`, { method: 'POST' });
  const failed = `/v1/webhooks/${webhook}/deliveries?status=failed`;
  const isListed = async () =>
    expect((await call(failed)).body.items).toContainEqual(expect.objectContaining({ id: body.id }));
  await vi.waitFor(isListed, { timeout: 20_000, interval: 50 });
  return body.id;
}
