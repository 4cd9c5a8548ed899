import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type AddressPolicy, allowsAddress } from '../../core/webhooks/model/webhook-url.ts';
import { ForbiddenAddressError } from './describe-failure.ts';

/** Resolves a name to all its addresses; replaced in tests. */
export type ResolveAll = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const resolveAll: ResolveAll = (hostname, callback) =>
  lookup(hostname, { all: true }, (error, addresses) => callback(error, addresses ?? []));

/**
 * Returns a `lookup` for connections that fails if any address of a name is not allowed. Node connects to the addresses that it
 * returns, so a name cannot have other addresses at the check than at the connection.
 */
export function checkedLookup(policy: AddressPolicy, resolve: ResolveAll = resolveAll): LookupFunction {
  return (hostname, options, callback) =>
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      const forbidden = addresses.find(({ address }) => !allowsAddress(address, policy));
      const failure = error ?? (forbidden ? new ForbiddenAddressError(describe(hostname, forbidden)) : null);
      if (failure !== null || first === undefined) return callback(failure ?? noAddress(hostname), '', 0);
      if (options.all === true) return callback(null, [...addresses]);
      callback(null, first.address, first.family);
    });
}

function describe(hostname: string, { address }: LookupAddress): string {
  return `${hostname} resolves to ${address}, which is not a public address`;
}

function noAddress(hostname: string): Error {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}
