import { expect } from 'vitest';
import type { ApiResponse, Call } from '../../support/local-service/local-errand.ts';

/** Requests a test delivery, and returns its ID after its only attempt has failed. */
export async function testDelivery(
  call: (path: string, call?: Call) => Promise<ApiResponse>,
  webhook: string,
): Promise<string> {
  const { body } = await call(`/v1/webhooks/${webhook}/test`, { method: 'POST' });
  const ended = async () =>
    (await call(`/v1/webhooks/${webhook}/deliveries?status=failed`)).body.items.map(
      ({ id }: { readonly id: string }) => id,
    );
  await expect.poll(ended).toContain(body.id);
  return body.id;
}
