import { violationsError } from '../../contract/problems/problem-error.ts';
import type { WebhookWarning } from '../../contract/schemas/webhook-schemas.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../ports/settings.ts';
import type { NameResolver } from '../../ports/webhooks/name-resolver.ts';
import { asError } from '../../std/as-error.ts';
import { isAddress } from '../model/public-address.ts';
import { allowsAddress, hostOf } from '../model/webhook-url.ts';

export interface CheckHostDeps {
  readonly names: NameResolver;
  readonly log: Log;
  readonly settings: Pick<Settings, 'allowsLoopbackWebhooks'>;
}

/**
 * Resolves the host of a URL that `parseWebhookUrl` returned, so that its owner learns early what each delivery would find. Returns a
 * warning if the name does not resolve, because it may be created later. Throws `invalid-request` if the name has an address that a
 * webhook may not have. A later resolution may differ: each connection is checked by itself.
 */
export async function checkHost(
  { names, log, settings }: CheckHostDeps,
  url: string,
): Promise<readonly WebhookWarning[]> {
  const host = hostOf(new URL(url));
  const policy = { allowsLoopback: settings.allowsLoopbackWebhooks };
  // No name server has to know `localhost`, which only a local service allows.
  if (isAddress(host) || (policy.allowsLoopback && host === 'localhost')) return [];
  let addresses: readonly string[];
  try {
    addresses = await names.resolve(host);
  } catch (error) {
    log.info('webhook-host-not-resolved', { host, error: asError(error) });
    const detail = `The name ${host} could not be resolved; until it can, deliveries fail and are retried`;
    return [{ code: 'host-not-resolved', detail, pointer: '/url' }];
  }
  if (addresses.every((address) => allowsAddress(address, policy))) return [];
  const detail = `must not contain the host ${host}, which resolves to an address that is not public`;
  throw violationsError('invalid-request', [{ pointer: '/url', detail, keyword: 'format' }]);
}
